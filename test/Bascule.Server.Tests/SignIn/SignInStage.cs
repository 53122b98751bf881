using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Server.Tests.Configuration;
using Bascule.Simulators;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.SignIn;

/// <summary>The whole server over https under a private CA, with two providers that say whatever a test wants: <c>corp</c>, and <c>entra</c> with Graph.</summary>
public sealed class SignInStage : IAsyncLifetime
{
    private readonly SettingsFolder _folder = new();
    private readonly LoopbackAuthority _authority = new();
    private Host _host = null!;

    public PliableIssuer Corp { get; private set; } = null!;
    public PliableIssuer Entra { get; private set; } = null!;
    public Uri Url { get; private set; } = null!;
    public IServiceProvider Services => _host.Services;

    public async Task InitializeAsync()
    {
        (Corp, Entra) = (await PliableIssuer.StartAsync(), await PliableIssuer.StartAsync(1));
        Url = NewAddress();
        _host = await StartHostAsync(_folder, _authority, Url, Providers());
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await Corp.DisposeAsync();
        await Entra.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    /// <summary>A person with a browser of their own.</summary>
    public Visitor NewVisitor() => new(Url, _authority.CaPem);

    public async Task<Person?> FindPersonAsync(string sub) =>
        await Services.GetRequiredService<IPeopleStore>().FindAsync(new Subject(Corp.Url, sub), default);

    public Task<IReadOnlyList<Session>> SessionsAsync(Person person) =>
        Services.GetRequiredService<ISessionStore>().ListAsync(person.Uid, default);

    /// <summary>Of one type, newest last.</summary>
    public async Task<IReadOnlyList<JsonObject>> EntriesAsync(string type)
    {
        List<JsonObject> entries = [];
        var log = Services.GetRequiredService<IAuditLog>();
        while (await log.ReadAsync(entries.Count, 500, default) is { Count: > 0 } page)
            entries.AddRange(page.Select(record => JsonNode.Parse(record.Entry.Span)!.AsObject()));
        return [.. entries.Where(entry => (string)entry["type"]! == type)];
    }

    internal static Uri NewAddress() => new($"https://127.0.0.1:{LoopbackPort.Find()}");

    /// <param name="signIn">What stands below <c>sign_in</c>, indented by two.</param>
    /// <param name="change">Of the whole settings file.</param>
    internal static async Task<Host> StartHostAsync(
        SettingsFolder folder,
        LoopbackAuthority authority,
        Uri address,
        string signIn,
        Func<string, string>? change = null
    )
    {
        StageCertificates.Write(folder.Folder, authority);
        File.WriteAllText(folder.Path("web-secret"), PliableIssuer.Secret);
        var (settings, problems) = folder.Load(
            change is null ? Settings(address, signIn) : change(Settings(address, signIn))
        );
        problems.ShouldBeEmpty();
        var started = await Host.StartAsync(
            settings!,
            TimeProvider.System,
            logs => logs.SetMinimumLevel(LogLevel.None),
            default
        );
        started.Problem.ShouldBeNull();
        return started.Value;
    }

    private string Providers() =>
        $$"""
              corp:
                issuer: "{{Corp.Url}}"
                client: "{{PliableIssuer.Client}}"
                secret: "file:web-secret"
                cli_client: {{PliableIssuer.CliClient}}
                title: Corp account
              entra:
                issuer: "{{Entra.Url}}"
                client: "{{PliableIssuer.Client}}"
                secret: "file:web-secret"
                graph: "{{Entra.Url}}"
            """;

    private static string Settings(Uri address, string signIn) =>
        $"{SettingsFolder.WithoutIssuers()}\nsign_in:\n{signIn}\n"
            .Replace("https://bascule.example.com", $"https://127.0.0.1:{address.Port}", StringComparison.Ordinal)
            .Replace("0.0.0.0:8443", $"127.0.0.1:{address.Port}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8081", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace(
                "certificate: tls.pem, key: tls.key",
                "certificate: server.pem, key: server.key, ca: ca.pem",
                StringComparison.Ordinal
            )
            .Replace("https://otel.example.com:4318", "http://127.0.0.1:1", StringComparison.Ordinal);
}
