using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.Connections;
using Bascule.Testing.Identity;
using Bascule.Testing.Node;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.EndToEnd.WaysIn;

/// <summary>A Bascule to which people sign in at a provider that is not ours (where there is Node), and workloads come with tokens of a cluster.</summary>
public sealed class WaysInStage : IAsyncLifetime
{
    private readonly int _port = LoopbackPort.Find();

    public BasculeStage Stage { get; private set; } = null!;

    /// <summary>Null where there is no Node.</summary>
    public OidcProvider? Provider { get; private set; }

    public PliableIssuer Cluster { get; private set; } = null!;

    public StageRepository Churn { get; private set; } = null!;

    public string Server => $"https://127.0.0.1:{_port}";

    public string Ca => Path.Combine(Stage.Folder, "ca.pem");

    public string Address => $"{Server}/git/git/{Churn.FullName}.git";

    public async Task InitializeAsync()
    {
        Cluster = await PliableIssuer.StartAsync();
        if (NodeOracle.Missing is null)
            Provider = await OidcProvider.StartAsync(
                new Dictionary<string, OidcUser>
                {
                    ["dana"] = new() { Name = "Dana Example", Groups = ["ml"] },
                },
                [OidcClient.Web("web", "web-secret", $"{Server}/sign-in/corp/callback"), OidcClient.Device("cli")]
            );
        Stage = await BasculeStage.SetAsync(new() { PublicPort = _port, MoreSettings = Settings() });
        Stage.Forge.TellsPermissions = true;
        await File.WriteAllTextAsync(Path.Combine(Stage.Folder, "web.secret"), "web-secret");
        await Stage.StartInProcessAsync();
        Churn = await Stage.CreateConnectedRepositoryAsync("churn");
    }

    public async Task DisposeAsync()
    {
        await Stage.DisposeAsync();
        await Cluster.DisposeAsync();
        if (Provider is not null)
            await Provider.DisposeAsync();
    }

    /// <summary>A token as a cluster projects it into a pod.</summary>
    public string WorkloadToken(string subject = "train") => Cluster.WorkloadToken(subject, Server);

    /// <summary>Whoever has signed in has proven that the developer's account is theirs.</summary>
    public async Task<Person> LinkAsync()
    {
        var person = (await Stage.Services.GetRequiredService<IPeopleStore>().ListAsync(10, default)).Single();
        var forge = Stage.Services.GetRequiredService<ForgeConnections>().All[0].Uid;
        var account = Stage.Forge.AddUser($"dana-{Guid.NewGuid():N}", "only-for-this-Test-1");
        Stage.Forge.SetCollaborator(Churn.Forge, account.Name, Simulators.Forges.ForgeAccess.Write);
        var link = new ForgeLink(forge, account.Id, account.Name, person.Uid, "posted code", DateTimeOffset.UtcNow);
        (
            await Stage.Services.GetRequiredService<IWorkStore>().ApplyAsync([new SaveForgeLink(link)], default)
        ).Problem.ShouldBeNull();
        return person;
    }

    private string Settings() =>
        $$"""
            issuers:
              cluster: { url: "{{Cluster.Url}}", audiences: ["{{Server}}"] }
            trust_policies:
              training: { issuer: cluster, subject: train, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch] }
            {{(Provider is null ? "" : People())}}
            """;

    private string People() =>
        $$"""
              people: { issuer: corp, subject_pattern: "*", claims: { groups: { has: ml } }, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch, push] }
            sign_in:
              corp: { issuer: "{{Provider!.Issuer}}", client: web, secret: "file:web.secret", cli_client: cli, scopes: [openid, profile, groups] }
            """;
}
