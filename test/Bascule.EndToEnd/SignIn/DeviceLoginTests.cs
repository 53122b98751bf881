using Bascule.Simulators;
using Bascule.Testing.Identity;
using Bascule.Testing.Node;
using Bascule.Testing.Stage;

namespace Bascule.EndToEnd.SignIn;

/// <summary>
/// The command line on another machine: real <c>bascule serve</c> over https under a private CA, a real provider that is not ours, and a person who types the
/// code there.
/// </summary>
public sealed class DeviceLoginTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-login-").FullName;
    private readonly LoopbackAuthority _authority = new();
    private readonly int _port = LoopbackPort.Find();
    private OidcProvider _provider = null!;
    private ServeProcess _server = null!;

    private string Server => $"https://127.0.0.1:{_port}";

    private string Home => Path.Combine(_folder, "home");

    private string Sessions => Path.Combine(Home, "bascule", "sessions.json");

    public async Task InitializeAsync()
    {
        if (NodeOracle.Missing is not null)
            return;
        StageCertificates.Write(_folder, _authority);
        File.WriteAllText(Path.Combine(_folder, "forge.token"), "t");
        File.WriteAllText(Path.Combine(_folder, "web.secret"), "web-secret");
        Directory.CreateDirectory(Home);
        var users = new Dictionary<string, OidcUser>
        {
            ["ann"] = new() { Name = "Ann Example", Groups = ["staff"] },
            ["bob"] = new() { Name = "Bob Example" },
        };
        _provider = await OidcProvider.StartAsync(
            users,
            [OidcClient.Web("web", "web-secret", $"{Server}/sign-in/corp/callback"), OidcClient.Device("cli")]
        );
        var nobody = new Uri("https://127.0.0.1:1");
        var settings = StageSettings.Write(
            _folder,
            (_port, LoopbackPort.Find()),
            _port,
            "gitea",
            nobody,
            nobody,
            $$"""
            sign_in:
              corp: { issuer: "{{_provider.Issuer}}", client: web, secret: "file:web.secret", cli_client: cli, scopes: [openid, profile, groups] }
            roles:
              - { role: viewer, to: ["group:staff"] }
            """
        );
        _server = await ServeProcess.StartAsync(settings);
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_provider is not null)
            await _provider.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [NodeFact]
    [Trait("Threat", "T43")]
    [Trait("Capability", "Sign-in and roles")]
    public async Task APersonSignsInWorksAndSignsOut()
    {
        (await RunAsync("run", "list", "--server", Server)).ShouldBe((4, $"you are not signed in at {Server}"));

        await LoginAsync("ann");

        File.GetUnixFileMode(Sessions).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var kept = await File.ReadAllTextAsync(Sessions);
        kept.ShouldContain("\"bsc_s_");
        (await RunAsync("run", "list", "--server", Server)).ExitCode.ShouldBe(0);
        (await RunAsync("event", "list", "--server", Server)).ShouldBe((4, "to see deliveries takes the role"));

        (await RunAsync("logout", "--server", Server)).ShouldBe((0, "Signed out."));
        await File.WriteAllTextAsync(Sessions, kept);
        (await RunAsync("run", "list", "--server", Server)).ShouldBe((4, "sign in: bascule login"));
    }

    [NodeFact]
    public async Task SomebodyWithoutARoleIsToldSo()
    {
        await LoginAsync("bob");

        (await RunAsync("run", "list", "--server", Server)).ShouldBe((4, "no rule under roles names Bob Example"));
    }

    [NodeFact]
    [Trait("Threat", "T29")]
    public async Task WithoutTheAuthorityTheServerIsNotTrusted() =>
        (await RunAsync("login", "--server", Server)).ShouldBe((6, "certificate that is not trusted"));

    private async Task LoginAsync(string person)
    {
        using var login = Start("login", "--server", Server, "--ca", Path.Combine(_folder, "ca.pem"));
        using var browser = new ScriptedPerson(_provider, person);
        await browser.GoAsync(new Uri(await login.ReadAsync("or open ")));
        (await login.EndAsync()).ShouldBe(0, login.Said);
        login.Said.ShouldContain("Signed in as");
    }

    private LoginProcess Start(params string[] arguments) => new(Home, arguments);

    private async Task<Ended> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return new Ended(await process.EndAsync(), process.Said);
    }

    private sealed record Ended(int ExitCode, string Said)
    {
        public void ShouldBe((int ExitCode, string Words) expected)
        {
            ExitCode.ShouldBe(expected.ExitCode, Said);
            Said.ShouldContain(expected.Words);
        }
    }
}
