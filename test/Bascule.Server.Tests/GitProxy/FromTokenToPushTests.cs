using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Server.Connections;
using Bascule.Testing.Identity;
using Bascule.Testing.Stage;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>
/// An identity token in, a clone and a push out, a revocation that ends both: by real git, against the whole server. Nobody holds a token of the forge. Forge and
/// issuer are simulated.
/// </summary>
public sealed class FromTokenToPushTests : IAsyncLifetime
{
    private readonly int _port = LoopbackPort.Find();
    private PliableIssuer _cluster = null!;
    private BasculeStage _stage = null!;
    private StageRepository _churn = null!;
    private HttpClient _http = null!;

    private string Base => $"https://127.0.0.1:{_port}";

    private string Address => $"{Base}/git/git/{_churn.FullName}.git";

    public async Task InitializeAsync()
    {
        _cluster = await PliableIssuer.StartAsync();
        _stage = await BasculeStage.SetAsync(new() { PublicPort = _port, MoreSettings = Settings() });
        await _stage.StartInProcessAsync();
        _churn = await _stage.CreateConnectedRepositoryAsync("churn");
        _http = _stage.NewClient();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _stage.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    [Trait("Threat", "T45")]
    [Trait("Capability", "Git by identity")]
    public async Task ATokenClonesAndPushesUntilItIsRevoked()
    {
        var token = await ExchangeAsync("train", "git:fetch git:push");
        var user = User(token);
        await user.GitAsync("clone", "--quiet", Address, "churn");
        File.WriteAllText(Path.Combine(user.Folder, "churn", "data.csv"), "tenure,churned\n9,9\n");
        await user.GitAsync("-C", "churn", "commit", "--quiet", "-am", "Change the data by a token");

        var (code, _, said) = await user.TryAsync("-C", "churn", "push", "origin", "HEAD:refs/heads/main");

        code.ShouldBe(0, said);
        var head = await user.GitAsync("-C", "churn", "rev-parse", "HEAD");
        await _stage.WaitForRunAsync(head, _ => true);
        var pushed = (await PushesOfAsync(head)).ShouldHaveSingleItem();
        pushed.ActorUid.ShouldStartWith("w-");

        (await PostAsync("/oauth/revoke", ("token", token))).Status.ShouldBe(HttpStatusCode.OK);
        var refused = await user.FailAsync("-C", "churn", "fetch", "origin");
        refused.ShouldContain("could not read Username"); // 401: git asks for another password
    }

    [Fact]
    [Trait("Threat", "T86")]
    public async Task ATokenForFetchingPushesNothing()
    {
        var user = User(await ExchangeAsync("train", "git:fetch"));
        await user.GitAsync("clone", "--quiet", Address, "churn");
        var before = await user.GitAsync("-C", "churn", "rev-parse", "HEAD");
        await user.GitAsync("-C", "churn", "commit", "--quiet", "--allow-empty", "-m", "Nothing");

        await user.FailAsync("-C", "churn", "push", "origin", "HEAD:refs/heads/main");

        (await user.GitAsync("-C", "churn", "ls-remote", "origin", "refs/heads/main")).ShouldStartWith(before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Threat", "T87")]
    public async Task GitSendsItAsABearerTokenOrAsThePasswordThatItIsAskedFor(bool isBearer)
    {
        var token = await ExchangeAsync("train", "git:fetch git:push");
        var user = User(token, isBearer ? shown => $"Bearer {shown}" : null);
        await user.GitAsync("clone", "--quiet", Address, "churn");
        await user.GitAsync("-C", "churn", "commit", "--quiet", "--allow-empty", "-m", "Nothing");

        await user.GitAsync("-C", "churn", "push", "--quiet", "origin", $"HEAD:refs/heads/bearer-{isBearer}");

        var stranger = User(GitToken.Make().Text.Reveal(), isBearer ? shown => $"Bearer {shown}" : null);
        await stranger.FailAsync("ls-remote", Address);
    }

    [Fact]
    public async Task WhomNoPolicySpeaksOfGetsNothing()
    {
        var answer = await PostAsync("/oauth/token", Form("stranger", "git:fetch"));

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Body!["access_token"].ShouldBeNull();
    }

    private async Task<string> ExchangeAsync(string subject, string scope)
    {
        var answer = await PostAsync("/oauth/token", Form(subject, scope));
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body?.ToJsonString());
        return (string)answer.Body!["access_token"]!;
    }

    private (string Name, string Value)[] Form(string subject, string scope) =>
        [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", _cluster.WorkloadToken(subject, Base)),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
            ("resource", Address),
            ("scope", scope),
        ];

    private async Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(
        string path,
        params (string Name, string Value)[] form
    )
    {
        using var content = new FormUrlEncodedContent(form.Select(one => KeyValuePair.Create(one.Name, one.Value)));
        using var answer = await _http.PostAsync(new Uri(Base + path), content);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    private Task<IReadOnlyList<PushedRef>> PushesOfAsync(string head)
    {
        var forge = _stage.Services.GetRequiredService<ForgeConnections>().FindByName("git")!;
        return _stage
            .Services.GetRequiredService<IPushStore>()
            .ListAsync(new RepositoryKey(forge.Uid, _churn.Forge.Id), CommitId.Parse(head), default);
    }

    private GitUser User(string token) => new(NewFolder(), token, CaFile, "2");

    /// <param name="header">Null to have git ask for a password.</param>
    private GitUser User(string token, Func<string, string>? header) =>
        new(NewFolder(), token, CaFile, "2") { Header = header };

    private string NewFolder() => Path.Combine(_stage.Folder, $"user-{Guid.NewGuid():N}");

    private string CaFile => Path.Combine(_stage.Folder, "ca.pem");

    private string Settings() =>
        $$"""
            issuers:
              cluster: { url: "{{_cluster.Url}}", audiences: ["{{Base}}"] }
            trust_policies:
              training: { issuer: cluster, subject: train, repositories: ["git:ml/*"], refs: ["refs/**"], verbs: [fetch, push] }

            """;
}
