using System.Diagnostics;
using System.Net.Http.Headers;
using Bascule.Simulators.Forges;

namespace Bascule.Simulators.Tests.Forges;

/// <summary>The lab of the recordings: acme/pipelines with alice and bob as writers, labadmin as owner, mallory outside.</summary>
internal sealed class ForgeWorld : IAsyncDisposable
{
    private static readonly string[] AllEvents =
    [
        "create",
        "delete",
        "fork",
        "push",
        "issues",
        "issue_comment",
        "pull_request",
        "release",
        "repository",
    ];

    private readonly LoopbackAuthority _authority;
    private readonly string _directory;

    private ForgeWorld(LoopbackAuthority authority, string directory, ForgeSimulator forge)
    {
        _authority = authority;
        _directory = directory;
        Forge = forge;
        CaFile = Path.Combine(directory, "ca.pem");
        File.WriteAllText(CaFile, authority.CaPem);
    }

    public ForgeSimulator Forge { get; }

    public HookReceiver Receiver { get; } = new();

    public ForgeRepository Repository { get; private set; } = null!;

    public string CaFile { get; }

    public string Secret => "lab-secret";

    public static async Task<ForgeWorld> StartAsync(
        ForgeFlavour flavour,
        Func<ForgeSimulatorOptions, ForgeSimulatorOptions>? change = null
    )
    {
        var authority = new LoopbackAuthority();
        var directory = Directory.CreateTempSubdirectory("forge-").FullName;
        var options = new ForgeSimulatorOptions
        {
            Flavour = flavour,
            LoopbackAuthority = authority,
            DataDirectory = directory,
        };
        var world = new ForgeWorld(
            authority,
            directory,
            await ForgeSimulator.StartAsync(change is null ? options : change(options))
        );
        await world.FillAsync();
        return world;
    }

    public string TokenOf(string user) =>
        (Forge.Flavour == ForgeFlavour.Gogs ? Recording.GogsTokens : Recording.GiteaTokens)[user];

    /// <summary>Registers a hook for everything on the repository.</summary>
    public ForgeHook Listen(string? secret = null, string contentType = "json") =>
        Forge.AddHook(Repository, Receiver.Url, secret ?? Secret, AllEvents, contentType);

    public async Task<IReadOnlyList<ReceivedHook>> HooksAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Forge.WaitForHooksAsync(limit.Token);
        return Receiver.Hooks;
    }

    public HttpClient Client(string? authorization = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        handler.SslOptions = LoopbackAuthority.Trusting(_authority.CaPem);
        var client = new HttpClient(handler) { BaseAddress = Forge.BaseAddress };
        if (authorization is not null)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        }

        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
        return client;
    }

    /// <summary>Clones with credentials in the address; git trusts the simulator's authority only.</summary>
    public async Task<WorkingCopy> CloneAsync(
        string user = "alice",
        string? password = null,
        ForgeRepository? repository = null,
        int protocol = 2
    )
    {
        var address = new UriBuilder((repository ?? Repository).CloneUrl)
        {
            UserName = user,
            Password = password ?? user + "-pw-1",
        };
        var copy = new WorkingCopy(Path.Combine(_directory, "clone-" + Guid.NewGuid().ToString("N")), CaFile, protocol);
        await copy.RunAsync("clone", "--quiet", address.Uri.ToString(), copy.Directory);
        await copy.RunAsync("config", "user.name", char.ToUpperInvariant(user[0]) + user[1..]);
        await copy.RunAsync("config", "user.email", user + "@example.com");
        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        await Forge.DisposeAsync();
        await Receiver.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task FillAsync()
    {
        Forge.AddUser("labadmin", "admin-pw-1", isAdmin: true);
        foreach (var name in (string[])["alice", "bob", "mallory"])
        {
            Forge.AddUser(name, name + "-pw-1");
        }

        Forge.AddOrganisation("acme", "labadmin", "ACME Corp");
        Forge.AddMember("acme", "alice");
        var branch = Forge.Flavour == ForgeFlavour.Gogs ? "master" : "main";
        Repository = await Forge.CreateRepositoryAsync("acme", "pipelines", defaultBranch: branch);
        Forge.SetCollaborator(Repository, "alice", ForgeAccess.Write);
        Forge.SetCollaborator(Repository, "bob", ForgeAccess.Write);
        var tokens = Forge.Flavour == ForgeFlavour.Gogs ? Recording.GogsTokens : Recording.GiteaTokens;
        foreach (var (name, token) in tokens)
        {
            Forge.AddToken(name, "before", token); // the recordings make one called lab
        }
    }
}

/// <summary>A real clone driven by the real git.</summary>
internal sealed class WorkingCopy(string directory, string caFile, int protocol)
{
    public string Directory { get; } = directory;

    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await TryAsync(arguments);
        return code == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }

    public async Task<(int Code, string Output, string Error)> TryAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = System.IO.Directory.Exists(Directory) ? Directory : Path.GetTempPath(),
        };
        foreach (var argument in (string[])["-c", $"protocol.version={protocol}", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["GIT_SSL_CAINFO"] = caFile;
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output).Trim(), await error);
    }

    public async Task<string> CommitAsync(string path, string content, string message)
    {
        var file = Path.Combine(Directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, content);
        await RunAsync("add", "-A");
        await RunAsync("commit", "--quiet", "-m", message);
        return await RunAsync("rev-parse", "HEAD");
    }
}
