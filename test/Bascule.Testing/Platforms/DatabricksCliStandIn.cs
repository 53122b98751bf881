using System.Text.Json;
using Shouldly;

namespace Bascule.Testing.Platforms;

/// <summary>
/// A strict stand-in for the Databricks CLI, as an operator would have installed the real one: a program of its own, which was never seen beside the real one.
/// </summary>
public sealed class DatabricksCliStandIn
{
    private readonly string _folder;

    private DatabricksCliStandIn(string folder) => _folder = folder;

    public string Path => System.IO.Path.Join(_folder, "databricks");

    /// <summary>Every use of it: for which principal, in which folder, and with what arguments.</summary>
    public IReadOnlyList<(string Principal, string Folder, string Arguments)> Calls =>
        File.Exists(Beside("calls"))
            ?
            [
                .. File.ReadAllLines(Beside("calls"))
                    .Select(line => JsonSerializer.Deserialize<string[]>(line)!)
                    .Select(call => (call[0], call[1], string.Join(' ', call[2..]))),
            ]
            : [];

    /// <summary>Whether code of a bundle would have run.</summary>
    public bool RanCode => File.Exists(Beside("ran"));

    /// <param name="folder">Has nothing else in it; only its owner writes there.</param>
    public static DatabricksCliStandIn Install(string folder)
    {
        Directory.CreateDirectory(folder);
        var installed = new DatabricksCliStandIn(folder);
        using var program = typeof(DatabricksCliStandIn).Assembly.GetManifestResourceStream("databricks_cli.py")!;
        using var text = new StreamReader(program);
        File.WriteAllText(installed.Path, $"#!{Python()} -I\n{text.ReadToEnd()}");
        File.SetUnixFileMode(installed.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return installed;
    }

    /// <summary>What goes wrong once: <c>die-with-lock</c>, <c>die-when-done</c>, <c>endless</c>.</summary>
    public void Break(string fault) => File.WriteAllText(Beside("fault"), fault);

    private string Beside(string name) => System.IO.Path.Join(_folder, name);

    /// <summary>The interpreter itself: a script that looks for it would find nothing in the CLI's empty PATH.</summary>
    private static string Python() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Prepend("/usr/bin")
            .Select(folder => System.IO.Path.Join(folder, "python3"))
            .FirstOrDefault(File.Exists)
            .ShouldNotBeNull("python3 is needed");
}
