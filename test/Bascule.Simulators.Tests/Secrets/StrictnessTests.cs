using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Simulators.Secrets;
using Bascule.Simulators.Tests.Databricks;

namespace Bascule.Simulators.Tests.Secrets;

/// <summary>What the simulated sources of secrets refuse, asked by plain HTTP.</summary>
public sealed class StrictnessTests : IAsyncLifetime
{
    private const string Subject = "secrets:vault";
    private readonly LoopbackAuthority _authority = new();
    private readonly TestIssuer _issuer = new();
    private readonly HttpClient _http;
    private VaultSimulator _vault = null!;
    private AwsSimulator _aws = null!;
    private AzureSimulator _azure = null!;

    public StrictnessTests()
    {
        _http = new HttpClient(
            new SocketsHttpHandler { UseProxy = false, SslOptions = LoopbackAuthority.Trusting(_authority.CaPem) }
        );
    }

    public async Task InitializeAsync()
    {
        await _issuer.PublishAsync(_authority);
        _vault = await VaultSimulator.StartAsync(_authority);
        _aws = await AwsSimulator.StartAsync(_authority);
        _azure = await AzureSimulator.StartAsync(_authority);
    }

    public async Task DisposeAsync()
    {
        await _vault.DisposeAsync();
        await _aws.DisposeAsync();
        await _azure.DisposeAsync();
        await _issuer.DisposeAsync();
        _http.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task VaultWantsItsHeaderItsVersionAndALivingToken()
    {
        _vault.Put("a", "b", "c");
        var token = _vault.CreateToken();

        (await VaultAsync("/v1/secret/data/a", token)).ShouldBe(200);
        (await VaultAsync("/v1/secret/data/a", token, says: null)).ShouldBe(412);
        (await VaultAsync("/v2/secret/data/a", token)).ShouldBe(404);
        (await VaultAsync("/v1/secret/a", token)).ShouldBe(404);
        (await VaultAsync("/v1/secret/data/a", "hvs.guess")).ShouldBe(403);
        (await VaultAsync("/v1/secret/data/a", token, space: "other")).ShouldBe(403);
        (await VaultAsync("/v1/secret/data/a", _vault.CreateToken(TimeSpan.FromSeconds(-1)))).ShouldBe(403);
    }

    [Theory]
    [InlineData("right", null, null, 200)]
    [InlineData("audience", "aud", "another", 400)]
    [InlineData("subject", "sub", "env:prod", 400)]
    [InlineData("issuer", "iss", "https://elsewhere.example", 400)]
    [InlineData("expired", "exp", "1000", 400)]
    public async Task VaultTakesOnlyTheTokenThatTheRoleNames(string name, string? claim, string? value, int status)
    {
        _vault.AddRole("r", new TrustedIssuer(_issuer.Issuer, "vault", Subject));
        var claims = Claims("vault");
        if (claim is not null)
            claims[claim] = claim == "exp" ? 1000 : value;

        (await LogInAsync(_issuer.Sign(claims))).ShouldBe(status, name);
    }

    [Fact]
    public async Task VaultChecksTheSignature()
    {
        _vault.AddRole("r", new TrustedIssuer(_issuer.Issuer, "vault", Subject));
        await using var other = new TestIssuer();

        (await LogInAsync(other.Sign(Claims("vault")))).ShouldBe(400);
        (await LogInAsync("rubbish")).ShouldBe(400);
    }

    [Theory]
    [InlineData(null, "MissingAuthenticationTokenException")]
    [InlineData("AWS4-HMAC-SHA256 Credential=A/B", "IncompleteSignatureException")]
    [InlineData("today", "InvalidSignatureException")]
    [InlineData("stranger", "UnrecognizedClientException")]
    public async Task AwsWantsASignatureOfTheWholeRequest(string? authorization, string refusal)
    {
        var (id, _) = _aws.CreateKeys();
        var stamp = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, _aws.Url);
        request.Content = new ByteArrayContent("""{"SecretId":"a"}"""u8.ToArray());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", "secretsmanager.GetSecretValue");
        request.Headers.Add("X-Amz-Date", stamp);
        if (authorization is "today" or "stranger")
            authorization =
                $"AWS4-HMAC-SHA256 Credential={(authorization == "today" ? id : "AKIASTRANGER")}/{stamp[..8]}/eu-central-1/secretsmanager/aws4_request, "
                + $"SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={new string('0', 64)}";
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var answer = await _http.SendAsync(request);

        ((int)answer.StatusCode).ShouldBe(400);
        ((string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["__type"]!).ShouldBe(refusal);
    }

    [Theory]
    [InlineData("2011-06-15", "sts.amazonaws.com", 200)]
    [InlineData("2010-05-08", "sts.amazonaws.com", 400)]
    [InlineData("2011-06-15", "another", 400)]
    public async Task AwsGivesARoleOnlyForItsVersionAndAudience(string version, string audience, int status)
    {
        _aws.AddRole("arn:aws:iam::1:role/r", new TrustedIssuer(_issuer.Issuer, "sts.amazonaws.com", Subject));

        using var answer = await FormAsync(
            _aws.Url,
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", version),
            ("RoleArn", "arn:aws:iam::1:role/r"),
            ("RoleSessionName", "test"),
            ("WebIdentityToken", _issuer.Sign(Claims(audience)))
        );

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task AwsTellsAMachinesRoleOnlyToWhoAskedForASession()
    {
        using var answer = await _http.GetAsync(new Uri(_aws.Url, "/latest/meta-data/iam/security-credentials/"));

        ((int)answer.StatusCode).ShouldBe(401);
    }

    [Theory]
    [InlineData("api://AzureADTokenExchange", "https://vault.azure.net/.default", 200)]
    [InlineData("another", "https://vault.azure.net/.default", 401)]
    [InlineData("api://AzureADTokenExchange", "https://graph.microsoft.com/.default", 400)]
    public async Task EntraTakesOnlyTheAssertionThatTheCredentialNames(string audience, string scope, int status)
    {
        var client = _azure.AddClient(new TrustedIssuer(_issuer.Issuer, "api://AzureADTokenExchange", Subject));

        using var answer = await FormAsync(
            new Uri(_azure.Url, $"/{_azure.Tenant}/oauth2/v2.0/token"),
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("scope", scope),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", _issuer.Sign(Claims(audience)))
        );

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task KeyVaultChallengesWhoBringsNoToken()
    {
        _azure.Put("a", "b");

        using var answer = await _http.GetAsync(new Uri(_azure.Url, "/secrets/a?api-version=7.4"));

        ((int)answer.StatusCode).ShouldBe(401);
        answer.Headers.WwwAuthenticate.Single().Parameter!.ShouldContain("resource=\"https://vault.azure.net\"");
    }

    private Dictionary<string, object?> Claims(string audience)
    {
        var claims = TestIssuer.Claims(_issuer.Issuer);
        (claims["aud"], claims["sub"]) = (audience, Subject);
        return claims;
    }

    private async Task<int> VaultAsync(string path, string token, string? says = "true", string? space = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_vault.Url, path));
        request.Headers.Add("X-Vault-Token", token);
        if (says is not null)
            request.Headers.Add("X-Vault-Request", says);
        if (space is not null)
            request.Headers.Add("X-Vault-Namespace", space);
        using var answer = await _http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private async Task<int> LogInAsync(string jwt)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_vault.Url, "/v1/auth/jwt/login"));
        request.Headers.Add("X-Vault-Request", "true");
        var body = new JsonObject { ["role"] = "r", ["jwt"] = jwt };
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private async Task<HttpResponseMessage> FormAsync(Uri url, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(
            fields.Select(field => KeyValuePair.Create(field.Name, field.Value))
        );
        return await _http.PostAsync(url, form);
    }
}
