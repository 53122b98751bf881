using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Runs;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.Identity;
using Bascule.Server.Tests.Reports;
using Bascule.Server.Tests.World;
using Bascule.Testing.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Identity;

public sealed class IssuerTests : IAsyncLifetime
{
    private const string Audience = "https://adb-1.azuredatabricks.net/oidc/v1/token";
    private readonly HttpClient _client = new();
    private readonly List<KeyPublication> _publications = [];
    private ServerWorld _world = null!;

    public async Task InitializeAsync() => _world = await ServerWorld.ServeAsync();

    public async Task DisposeAsync()
    {
        _client.Dispose();
        foreach (var publication in _publications)
            publication.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task DiscoveryNamesTheIssuerItsKeysAndTheOneAlgorithm()
    {
        var document = await GetAsync("/.well-known/openid-configuration");

        document
            .ToJsonString()
            .ShouldBe(
                """{"id_token_signing_alg_values_supported":["RS256"],"issuer":"https://bascule.example.com","jwks_uri":"https://bascule.example.com/.well-known/jwks.json","response_types_supported":["id_token"],"subject_types_supported":["public"]}"""
            );
    }

    [Fact]
    public async Task TheKeySetHoldsPublicHalvesOnly()
    {
        var key = (await GetAsync("/.well-known/jwks.json"))["keys"]!.AsArray().ShouldHaveSingleItem()!.AsObject();

        key.Select(member => member.Key).ShouldBe(["alg", "e", "kid", "kty", "n", "use"]);
        ((string)key["alg"]!, (string)key["kty"]!, (string)key["use"]!).ShouldBe(("RS256", "RSA", "sig"));
        Base64Url.DecodeFromChars((string)key["n"]!).Length.ShouldBe(256);
    }

    [Fact]
    public async Task TheKeysNameIsItsThumbprintAndStays()
    {
        var first = (await GetAsync("/.well-known/jwks.json"))["keys"]![0]!;
        var members = $$"""{"e":"{{first["e"]}}","kty":"RSA","n":"{{first["n"]}}"}""";

        ((string)first["kid"]!).ShouldBe(Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(members))));
        (await GetAsync("/.well-known/jwks.json"))["keys"]![0]!["kid"]!.ToString().ShouldBe(first["kid"]!.ToString());
        (await _world.EntriesAsync("key.made")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task ATokenSaysWhoWhatAndWhereAndIsSignedByThePublishedKey()
    {
        var run = ReportStage.ARun(RunState.Queued);

        var token = (
            await Identities().For(run, Production).AssertAsync(Audience, TimeSpan.FromMinutes(10), default)
        ).Value;

        var (header, claims) = await VerifyAsync(token.Reveal());
        header.Select(member => member.Key).ShouldBe(["alg", "kid", "typ"]);
        var now = _world.Clock.GetUtcNow().ToUnixTimeSeconds();
        ((string)claims["iss"]!, (string)claims["sub"]!, (string)claims["aud"]!).ShouldBe(
            ("https://bascule.example.com", "env:e-ml-prod", Audience)
        );
        ((long)claims["iat"]!, (long)claims["nbf"]!, (long)claims["exp"]!).ShouldBe((now, now - 30, now + 600));
        ((string)claims["repository_id"]!, (string)claims["commit"]!).ShouldBe(("7", run.Commit.ToString()));
        ((string)claims["run"]!, (string)claims["environment"]!).ShouldBe((run.Id.Text, "ml-prod"));
        ((string)claims["asserted_by"]!, (string)claims["ref"]!).ShouldBe(("ana", "refs/heads/main"));
    }

    [Fact]
    [Trait("Threat", "T31")]
    public async Task EachTokenHasANameOfItsOwnThatTheAuditLogKnows()
    {
        var identity = Identities().For(ReportStage.ARun(RunState.Queued), Production);

        var (_, first) = await VerifyAsync(
            (await identity.AssertAsync(Audience, TimeSpan.FromMinutes(1), default)).Value.Reveal()
        );
        var (_, second) = await VerifyAsync(
            (await identity.AssertAsync(Audience, TimeSpan.FromMinutes(1), default)).Value.Reveal()
        );

        string[] ids = [(string)first["jti"]!, (string)second["jti"]!];
        ids.ShouldBeUnique();
        var entries = await _world.EntriesAsync("token.signed");
        entries.Select(entry => (string)entry["links"]!["token"]!).ShouldBe(ids);
        entries[0]["facts"]!["aud"]!.ToString().ShouldBe(Audience);
    }

    [Fact]
    [Trait("Threat", "T43")]
    public async Task TheDoctorsTokenNamesNoRun()
    {
        var token = (await Identities().For(Production).AssertAsync(Audience, TimeSpan.FromMinutes(1), default)).Value;

        var (_, claims) = await VerifyAsync(token.Reveal());
        claims.ContainsKey("run").ShouldBeFalse();
        ((string)claims["purpose"]!).ShouldBe("doctor");
    }

    [Fact]
    public async Task AKeyThatWasNotSeenAtThePublicAddressSignsNothing()
    {
        var identity = Identities(new Uri("http://127.0.0.1:1")).For(Production);

        var refused = await identity.AssertAsync(Audience, TimeSpan.FromMinutes(1), default);

        refused.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        refused.Problem.Message.ShouldContain("make 'url' in bascule.yaml the address");
        (await _world.EntriesAsync("token.signed")).ShouldBeEmpty();
    }

    [Fact]
    public async Task AnotherServersKeysAtThePublicAddressDoNotCount()
    {
        await using var stranger = await ServerWorld.ServeAsync();

        var looked = await Publication(stranger.Address).LookAsync(default);
        var refused = await Identities(stranger.Address)
            .For(Production)
            .AssertAsync(Audience, TimeSpan.FromMinutes(1), default);

        looked.Problem!.Message.ShouldContain("are not Bascule's newest");
        refused.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
    }

    [Fact]
    public async Task OnceSeenTheKeySignsAlsoWhileThePublicAddressIsAway()
    {
        (await Publication(_world.Address).EnsureAsync(default)).Problem.ShouldBeNull();

        var token = await Identities(new Uri("http://127.0.0.1:1"))
            .For(Production)
            .AssertAsync(Audience, TimeSpan.FromMinutes(1), default);

        token.Problem.ShouldBeNull();
        (await _world.Storage.Installation.ListSigningKeysAsync(default))[0]
            .PublishedAt.ShouldBe(_world.Clock.GetUtcNow());
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task NoTokenIsSignedThatCannotBeWrittenDown()
    {
        var identity = Identities().For(Production);
        (await identity.AssertAsync(Audience, TimeSpan.FromMinutes(1), default)).Problem.ShouldBeNull();
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        var refused = await identity.AssertAsync(Audience, TimeSpan.FromMinutes(1), default);

        refused.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        refused.Problem.Message.ShouldContain("the audit log cannot be written, so nothing is done");
    }

    [Fact]
    [Trait("Threat", "T116")]
    public async Task NoKeyIsMadeThatCannotBeWrittenDown()
    {
        _world.Audit.Failing = Problem.Unavailable("the disk is full");

        var refused = await Identities().For(Production).AssertAsync(Audience, TimeSpan.FromMinutes(1), default);

        refused.Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        (await _world.Storage.Installation.ListSigningKeysAsync(default)).ShouldBeEmpty();
        using var keySet = await _client.GetAsync(new Uri(_world.Address, "/.well-known/jwks.json"));
        ((int)keySet.StatusCode).ShouldBe(503);
    }

    [Fact]
    [Trait("Threat", "T93")]
    public async Task ThePrivateKeyIsSealedInTheDatabase()
    {
        await GetAsync("/.well-known/jwks.json");

        var stored = (await _world.Storage.Installation.ListSigningKeysAsync(default)).ShouldHaveSingleItem();
        using var rsa = RSA.Create();
        Should.Throw<CryptographicException>(() => rsa.ImportPkcs8PrivateKey(stored.SealedPrivateKey, out _));
        rsa.ImportPkcs8PrivateKey(_world.MasterKey.Open("signing-key", stored.SealedPrivateKey), out _);
        rsa.KeySize.ShouldBe(2048);
    }

    [NodeFact]
    public async Task AnIndependentLibraryTakesTheTokenAndRefusesAChangedOne()
    {
        var token = (
            await Identities().For(Production).AssertAsync(Audience, TimeSpan.FromMinutes(5), default)
        ).Value.Reveal();
        var keys = (await GetAsync("/.well-known/jwks.json")).ToJsonString();
        var at = _world.Clock.GetUtcNow().ToUnixTimeSeconds();
        var forged = token[..^3] + (token[^3] == 'A' ? "B" : "A") + token[^2..];

        var answers = NodeOracle.Ask<List<string>>(
            "token.mjs",
            new
            {
                keys,
                issuer = "https://bascule.example.com",
                audience = Audience,
                cases = new[]
                {
                    new { token, at },
                    new { token = forged, at },
                    new { token, at = at + 400 },
                    new { token, at = at - 60 },
                },
            }
        );

        answers.ShouldBe([
            "env:e-ml-prod",
            "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
            "ERR_JWT_EXPIRED",
            "ERR_JWT_CLAIM_VALIDATION_FAILED",
        ]);
    }

    private EnvironmentConnection Production => _world.Get<EnvironmentConnections>().Find("ml-prod")!;

    private KeyPublication Publication(Uri address)
    {
        var publication = new KeyPublication(
            _world.Get<SigningKeys>(),
            address,
            caFile: null,
            NullLogger<KeyPublication>.Instance
        );
        _publications.Add(publication);
        return publication;
    }

    /// <summary>Identities whose key must be seen at the address, by default where it really is.</summary>
    private RunIdentities Identities(Uri? seenAt = null) =>
        new(
            _world.Get<IssuerAddress>(),
            _world.Get<SigningKeys>(),
            Publication(seenAt ?? _world.Address),
            _world.Get<AuditTrail>(),
            _world.Clock
        );

    private async Task<JsonObject> GetAsync(string path) =>
        JsonNode.Parse(await _client.GetStringAsync(new Uri(_world.Address, path)))!.AsObject();

    /// <summary>By the published key and nothing of ours.</summary>
    private async Task<(JsonObject Header, JsonObject Claims)> VerifyAsync(string token)
    {
        var parts = token.Split('.');
        var key = (await GetAsync("/.well-known/jwks.json"))["keys"]![0]!;
        using var rsa = RSA.Create(
            new RSAParameters
            {
                Modulus = Base64Url.DecodeFromChars((string)key["n"]!),
                Exponent = Base64Url.DecodeFromChars((string)key["e"]!),
            }
        );
        var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        var signature = Base64Url.DecodeFromChars(parts[2]);
        rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).ShouldBeTrue();
        var header = Decode(parts[0]);
        header["kid"]!.ToString().ShouldBe(key["kid"]!.ToString());
        return (header, Decode(parts[1]));
    }

    private static JsonObject Decode(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();
}
