using System.Diagnostics;
using Bascule.Connectors.Git;
using Bascule.Core;

namespace Bascule.Server.Mirrors;

/// <summary>
/// A key ring of its own for one question to gpg, in a folder that goes with it: it holds the keys that were put into it and nothing else, looks nothing up,
/// and starts no agent (THREATS T144).
/// </summary>
internal sealed class GpgHome : IDisposable
{
    private const int MaxOutput = 4 * 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private const string Settings = """
        batch
        no-tty
        no-greeting
        no-autostart
        disable-dirmngr
        no-auto-key-retrieve
        no-auto-check-trustdb
        trust-model always
        weak-digest SHA1
        lock-never

        """;

    private readonly string _program;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bascule-gpg-");

    /// <param name="program">An absolute path.</param>
    public GpgHome(string program)
    {
        _program = program;
        File.WriteAllText(System.IO.Path.Combine(Path, "gpg.conf"), Settings);
    }

    public string Path => _folder.FullName;

    public async Task ImportAsync(IEnumerable<string> armoured, CancellationToken cancellationToken)
    {
        var file = System.IO.Path.Combine(Path, "keys.asc");
        await File.WriteAllTextAsync(file, string.Join('\n', armoured), cancellationToken);
        // What it takes of the file is read back by ListAsync; its exit code says little.
        await RunAsync(["--import", file], cancellationToken);
    }

    public async Task<IReadOnlyList<OpenPgpKey>> ListAsync(CancellationToken cancellationToken)
    {
        var output = await RunAsync(
            ["--with-colons", "--with-fingerprint", "--with-fingerprint", "--list-keys"],
            cancellationToken
        );
        return OpenPgpKey.ParseAll(System.Text.Encoding.UTF8.GetString(output.Bytes));
    }

    /// <summary>One key without what others have said of it, in ASCII armour.</summary>
    public async Task<Result<string>> ExportAsync(string fingerprint, CancellationToken cancellationToken)
    {
        var output = await RunAsync(
            ["--armor", "--export-options", "export-minimal", "--export", fingerprint],
            cancellationToken
        );
        return output.Worked
            ? System.Text.Encoding.ASCII.GetString(output.Bytes)
            : Problem.Unavailable($"gpg did not write the key: {UntrustedText.Line(output.Error, 200)}");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<GitOutput> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(_program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Variables)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{_program}' did not start");
        return await GitCommand.FinishAsync(process, Limit, MaxOutput, CancellationToken.None, cancellationToken);
    }

    private IEnumerable<(string Name, string Value)> Variables =>
        [
            ("HOME", "/nonexistent"),
            ("GNUPGHOME", Path),
            ("LC_ALL", "C.UTF-8"),
            ("PATH", System.IO.Path.GetDirectoryName(_program)!),
        ];
}
