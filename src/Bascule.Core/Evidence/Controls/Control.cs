namespace Bascule.Core.Evidence.Controls;

/// <summary>What somebody else's framework asks for, in our own words, and what of it a pack answers.</summary>
/// <param name="Id">As the framework numbers it.</param>
/// <param name="Shows">What the tables show of it.</param>
/// <param name="Lacks">What of it they do not show: no control is answered by a log alone.</param>
/// <param name="Tables">Their names, as <see cref="Tables.EvidenceTables"/> has them.</param>
public sealed record Control(string Id, string Title, string Shows, string Lacks, IReadOnlyList<string> Tables);

/// <param name="Name">As the command line takes it.</param>
/// <param name="NotHere">What the framework asks for and no table says anything about.</param>
public sealed record Framework(string Name, string Title, IReadOnlyList<Control> Controls, string NotHere);

/// <summary>The frameworks that a pack can be arranged for. The entries in it are the same; the index differs.</summary>
public static class Frameworks
{
    public static IReadOnlyList<Framework> All { get; } = [Soc2.Framework, Iso27001.Framework, Sox.Framework];

    /// <summary>Invalid, with the names that there are, for another one.</summary>
    public static Result<Framework> Find(string? name) =>
        All.FirstOrDefault(one => one.Name == name) is { } framework
            ? framework
            : Problem.Invalid(
                $"{(name is null ? "--framework is missing" : $"--framework '{name}' is not known")}: it is one of {string.Join(", ", All.Select(one => one.Name))}"
            );
}
