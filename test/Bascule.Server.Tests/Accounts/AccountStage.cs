using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Tests.SignIn;
using Bascule.Simulators;
using Bascule.Simulators.Forges;
using Bascule.Testing.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Accounts;

/// <summary>The whole server with a Gitea (<c>git</c>, with a client) and a Gogs (<c>gogs</c>), each with one repository that everybody may write to.</summary>
public sealed partial class AccountStage : IAsyncLifetime
{
    public const string Password = "any-Password-1";
    private readonly SettingsFolder _folder = new();
    private readonly LoopbackAuthority _authority = new();
    private Host _host = null!;
    private PliableIssuer _corp = null!;
    private Func<Task<Host>> _start = null!;
    private bool _isStopped;

    public ForgeSimulator Gitea { get; private set; } = null!;
    public ForgeSimulator Gogs { get; private set; } = null!;
    public Uri Url { get; private set; } = null!;
    public string CaFile => _folder.Path("ca.pem");

    /// <summary>How far the forges' clocks are off.</summary>
    public SkewedTime ForgeTime { get; } = new();

    public async Task InitializeAsync()
    {
        Url = SignInStage.NewAddress();
        _corp = await PliableIssuer.StartAsync();
        (Gitea, Gogs) = (await ForgeAsync(ForgeFlavour.Gitea), await ForgeAsync(ForgeFlavour.Gogs));
        var application = Gitea.AddOAuthApplication("Bascule", $"{Url.OriginalString}/account/links/git/callback");
        File.WriteAllText(_folder.Path("oauth-secret"), application.ClientSecret);
        _start = () =>
            SignInStage.StartHostAsync(
                _folder,
                _authority,
                Url,
                $"  corp: {{ issuer: \"{_corp.Url}\", client: \"{PliableIssuer.Client}\", secret: \"file:web-secret\", cli_client: {PliableIssuer.CliClient} }}",
                yaml => WithForges(yaml, application)
            );
        _host = await _start();
        var settings = Get<ServerSettings>();
        (DataFolder, DatabaseFile) = (settings.DataFolder, ((SqliteSettings)settings.Storage).File);
    }

    public string DataFolder { get; private set; } = "";

    public string DatabaseFile { get; private set; } = "";

    /// <summary>The server alone: what it has written is whole then.</summary>
    public async Task StopAsync()
    {
        if (!_isStopped)
            await _host.DisposeAsync();
        _isStopped = true;
    }

    public async Task StartAsync()
    {
        _host = await _start();
        _isStopped = false;
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await Gitea.DisposeAsync();
        await Gogs.DisposeAsync();
        await _corp.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public ForgeSimulator Forge(string name) => name == "gogs" ? Gogs : Gitea;

    public string Uid(string forge) => Get<ForgeConnections>().FindByName(forge)!.Uid;

    /// <summary>Somebody who is signed in here, with an account of the same name at both forges.</summary>
    /// <param name="claims">What else their identity provider says of them.</param>
    public async Task<(Visitor Visitor, Person Person)> PersonAsync(string name, Action<JsonObject>? claims = null)
    {
        foreach (var forge in new[] { Gitea, Gogs })
            AddUser(forge, name);
        return await SignInAsync(name, claims);
    }

    public async Task<(Visitor Visitor, Person Person)> SignInAsync(string name, Action<JsonObject>? claims = null)
    {
        _corp.Reset();
        _corp.Person = name;
        _corp.Change = claims ?? (_ => { });
        var visitor = new Visitor(Url, _authority.CaPem);
        await visitor.SignInAsync();
        var person = await Get<IPeopleStore>().FindAsync(new Subject(_corp.Url, name), default);
        return (visitor, person.ShouldNotBeNull());
    }

    /// <summary>A session of the command line.</summary>
    public async Task<Secret> BearerAsync(Person person)
    {
        var token = SessionToken.Make(SessionKind.CommandLine);
        var now = DateTimeOffset.UtcNow;
        await ApplyAsync(
            new AddSession(
                new Session($"s-{Guid.NewGuid():N}", token.Digest, token.Kind, person.Uid)
                {
                    Issuer = _corp.Url,
                    CreatedAt = now,
                    SeenAt = now,
                    ExpiresAt = now.AddHours(1),
                }
            )
        );
        return token.Text;
    }

    public async Task ApplyAsync(params Change[] changes) =>
        (await Get<IWorkStore>().ApplyAsync(changes, default)).Problem.ShouldBeNull();

    /// <summary>From the page that shows it.</summary>
    public static async Task<string> CodeAsync(Visitor visitor, string forge)
    {
        await visitor.PostAsync($"/account/links/{forge}/code");
        return Code.Match(visitor.Page) is { Success: true } match
            ? match.Value
            : throw new InvalidOperationException($"{visitor.Status}: there is no code in {visitor.Page}");
    }

    /// <summary>A new issue with one comment.</summary>
    /// <returns>The address of the issue, and the comment.</returns>
    public (string Address, ForgeComment Comment) Write(
        string forge,
        string login,
        string body,
        string repository = "links"
    )
    {
        var found = Forge(forge).FindRepository("acme", repository)!;
        var issue = Forge(forge).OpenIssue(found, "owner", "Links");
        var comment = Forge(forge).AddComment(found, issue.Number, login, body);
        return ($"{Forge(forge).BaseAddress}acme/{repository}/issues/{issue.Number}", comment);
    }

    public static Task ProveAsync(Visitor visitor, string forge, string address) =>
        visitor.PostAsync($"/account/links/{forge}/proof", ("issue", address));

    /// <summary>From the form to the forge's address, as the page says it.</summary>
    public static async Task<Uri> LeaveAsync(Visitor visitor)
    {
        await visitor.PostAsync("/account/links/git");
        return new Uri(System.Net.WebUtility.HtmlDecode(Way.Match(visitor.Page).Groups["to"].Value));
    }

    public Task<IReadOnlyList<ForgeLink>> LinksAsync(Person person) =>
        Get<IPeopleStore>().ReadLinksAsync(person.Uid, default);

    /// <summary>Of one type, newest last.</summary>
    public async Task<IReadOnlyList<JsonObject>> EntriesAsync(string type)
    {
        List<JsonObject> entries = [];
        while (await Get<IAuditLog>().ReadAsync(entries.Count, 500, default) is { Count: > 0 } page)
            entries.AddRange(page.Select(record => JsonNode.Parse(record.Entry.Span)!.AsObject()));
        return [.. entries.Where(entry => (string)entry["type"]! == type)];
    }

    private async Task<ForgeSimulator> ForgeAsync(ForgeFlavour flavour)
    {
        var forge = await ForgeSimulator.StartAsync(
            new ForgeSimulatorOptions
            {
                Flavour = flavour,
                LoopbackAuthority = _authority,
                DataDirectory = _folder.Path($"{flavour}"),
                TimeProvider = ForgeTime,
            }
        );
        foreach (var name in new[] { "bot", "owner" })
            forge.AddUser(name, Password);
        forge.AddOrganisation("acme", "owner");
        foreach (var name in new[] { "links", "hidden", "apart" })
        {
            var repository = await forge.CreateRepositoryAsync("acme", name, isPrivate: name == "hidden");
            if (name != "hidden")
                forge.SetCollaborator(repository, "bot", ForgeAccess.Admin);
        }
        return forge;
    }

    private static void AddUser(ForgeSimulator forge, string name)
    {
        forge.AddUser(name, Password);
        forge.SetCollaborator(forge.FindRepository("acme", "links")!, name, ForgeAccess.Write);
    }

    private string WithForges(string yaml, ForgeOAuthApplication application)
    {
        foreach (var (name, forge) in new[] { ("git", Gitea), ("gogs", Gogs) })
            File.WriteAllText(_folder.Path($"{name}-token"), forge.AddToken("bot"));
        var (from, to) = (
            yaml.IndexOf("forges:", StringComparison.Ordinal),
            yaml.IndexOf("platforms:", StringComparison.Ordinal)
        );
        var forges = $$"""
            forges:
              git:
                kind: gitea
                url: "{{Gitea.BaseAddress.OriginalString.TrimEnd('/')}}"
                token: "file:git-token"
                ca: ca.pem
                repositories: ["acme/links", "acme/hidden", "ml/*"]
                oauth: { client: "{{application.ClientId}}", secret: "file:oauth-secret" }
              gogs:
                kind: gogs
                url: "{{Gogs.BaseAddress.OriginalString.TrimEnd('/')}}"
                token: "file:gogs-token"
                ca: ca.pem
                repositories: ["acme/links", "acme/hidden"]

            """;
        return (yaml[..from] + forges + yaml[to..]).Replace(
            "roles:\n",
            $"roles:\n  - {{ role: admin, to: [\"person:{_corp.Url}#root\"] }}\n",
            StringComparison.Ordinal
        );
    }

    [GeneratedRegex("bascule-link-[a-z2-7]{32}")]
    private static partial Regex Code { get; }

    [GeneratedRegex("href=\"(?<to>https://[^\"]*/login/oauth/authorize[^\"]*)\"")]
    private static partial Regex Way { get; }
}

/// <summary>The system's time, and as far off as a test wants.</summary>
public sealed class SkewedTime : TimeProvider
{
    public TimeSpan Off { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Off;
}
