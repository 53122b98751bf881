using System.Diagnostics;
using System.Text;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>Somebody with git and a token.</summary>
internal sealed class GitUser
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _token;
    private readonly string _caFile;
    private readonly string _version;

    public GitUser(string folder, string token, string caFile, string version)
    {
        (Folder, _token, _caFile, _version) = (folder, token, caFile, version);
        Directory.CreateDirectory(folder);
    }

    public string Folder { get; }

    /// <summary>How the token is sent without git's asking for it; null to have git ask.</summary>
    public Func<string, string>? Header { get; init; } =
        token => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{token}"))}";

    public async Task<string> GitAsync(params string[] arguments)
    {
        var (code, output, error) = await TryAsync(arguments);
        code.ShouldBe(0, $"git {string.Join(' ', arguments)}: {error}");
        return output.Trim();
    }

    /// <summary>What git says when it is refused.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var (code, output, error) = await TryAsync(arguments);
        code.ShouldNotBe(0, $"git {string.Join(' ', arguments)}: {output}");
        return error;
    }

    public async Task<(int Code, string Output, string Error)> TryAsync(params string[] arguments)
    {
        using var git = Process.Start(Start(arguments))!;
        using var limit = new CancellationTokenSource(Patience);
        var output = git.StandardOutput.ReadToEndAsync(limit.Token);
        var error = await git.StandardError.ReadToEndAsync(limit.Token);
        await git.WaitForExitAsync(limit.Token);
        return (git.ExitCode, await output, error);
    }

    public ProcessStartInfo Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["HOME"] = Folder;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_SSL_CAINFO"] = _caFile;
        (string Key, string Value)[] settings =
        [
            Header is null
                ? ("credential.helper", $"!f() {{ echo username=any; echo password={_token}; }}; f")
                : ("http.extraHeader", $"Authorization: {Header(_token)}"),
            ("protocol.version", _version),
            ("user.name", "Ada"),
            ("user.email", "ada@example.com"),
        ];
        start.Environment["GIT_CONFIG_COUNT"] = $"{settings.Length}";
        foreach (var (index, (key, value)) in settings.Index())
        {
            start.Environment[$"GIT_CONFIG_KEY_{index}"] = key;
            start.Environment[$"GIT_CONFIG_VALUE_{index}"] = value;
        }
        return start;
    }
}
