using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>
/// What comes before the pack (gitprotocol-pack, "Reference Update Request and Packfile Transfer"): commands, capabilities, push options. The ids after which
/// a shallow clone has no history are dropped: the forge has it, and what is missing there is found missing here.
/// </summary>
internal sealed record PushRequest(
    IReadOnlyList<RefCommand> Commands,
    IReadOnlySet<string> Capabilities,
    IReadOnlyList<string> Options
)
{
    private const int MostShallow = 10_000;
    private const int MostOptions = 32;
    private const int LongestOption = 1024;
    private const string Shallow = "shallow ";
    private const string Certificate = "push-cert";

    /// <summary>git asks this to learn whether its credential is taken, before it sends something large.</summary>
    public bool IsProbe => Commands.Count == 0;

    public bool HasPack => Commands.Any(command => !command.IsDeletion);

    public bool Can(string capability) => Capabilities.Contains(capability);

    public static Problem TooManyRefs(int most) =>
        Problem.Exceeded($"a push moves at most {most} refs; push them in several goes");

    /// <exception cref="InvalidDataException">It is not in git's packet format.</exception>
    public static async Task<Result<PushRequest>> ReadAsync(
        Stream body,
        int maxRefs,
        CancellationToken cancellationToken
    )
    {
        List<RefCommand> commands = [];
        HashSet<string> capabilities = new(StringComparer.Ordinal);
        for (var shallow = 0; await NextAsync(body, cancellationToken) is { } line; )
        {
            if (line.StartsWith(Shallow, StringComparison.Ordinal))
            {
                if (++shallow > MostShallow)
                    return Problem.Exceeded($"the clone is shallow in more than {MostShallow} places; deepen it");
                continue;
            }
            if (line.StartsWith(Certificate, StringComparison.Ordinal))
                return Problem.Invalid("signed pushes are not taken; push without --signed");
            var (text, said) = Split(line);
            if (Command(text) is not { } command)
                return Problem.Invalid("what was sent is not a push as git makes it");
            if (commands.Count == 0)
                capabilities.UnionWith(said);
            commands.Add(command);
            if (commands.Count > maxRefs)
                return TooManyRefs(maxRefs);
        }
        var options = capabilities.Contains("push-options")
            ? await OptionsAsync(body, cancellationToken)
            : Result.Of<IReadOnlyList<string>>([]);
        return options.Failed(out var problem) ? problem : new PushRequest(commands, capabilities, options.Value);
    }

    private static async Task<Result<IReadOnlyList<string>>> OptionsAsync(
        Stream body,
        CancellationToken cancellationToken
    )
    {
        List<string> options = [];
        while (await NextAsync(body, cancellationToken) is { } option)
        {
            if (options.Count == MostOptions || option.Length > LongestOption)
                return Problem.Exceeded($"at most {MostOptions} push options of {LongestOption} characters are taken");
            options.Add(option);
        }
        return options;
    }

    /// <summary>Null at the end of the section.</summary>
    private static async Task<string?> NextAsync(Stream body, CancellationToken cancellationToken) =>
        await PktLine.ReadAsync(body, cancellationToken) switch
        {
            { Kind: PktKind.Data } line => line.Text,
            { Kind: PktKind.Flush } => null,
            _ => throw new InvalidDataException("the push ends before its commands do"),
        };

    private static (string Command, string[] Capabilities) Split(string line)
    {
        var end = line.IndexOf('\0', StringComparison.Ordinal);
        return end < 0
            ? (line, [])
            : (line[..end], line[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static RefCommand? Command(string text) =>
        text.Split(' ', 3) is [var before, var after, var name]
        && before.Length == after.Length
        && CommitId.TryParse(before, out var from)
        && CommitId.TryParse(after, out var to)
            ? new RefCommand(name, from, to)
            : null;
}
