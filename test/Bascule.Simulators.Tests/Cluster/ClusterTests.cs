using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Simulators.Cluster;

namespace Bascule.Simulators.Tests.Cluster;

/// <summary>Tokens of service accounts, as whoever reads the issuer's discovery document checks them.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    private readonly LoopbackAuthority _authority = new();
    private ClusterSimulator _cluster = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _cluster = await ClusterSimulator.StartAsync(_authority);
        var options = LoopbackAuthority.Trusting(_authority.CaPem);
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = options });
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _cluster.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task ATokenIsSignedByAKeyThatTheIssuerPublishes()
    {
        var token = _cluster.TokenOf("airflow", "dag-processor", "https://bascule.example.com").Split('.');

        var discovery = await GetAsync(_cluster.Issuer + "/.well-known/openid-configuration");
        var key = (await GetAsync((string)discovery["jwks_uri"]!))["keys"]![0]!;
        using var rsa = RSA.Create(
            new RSAParameters { Modulus = Bytes((string)key["n"]!), Exponent = Bytes((string)key["e"]!) }
        );
        rsa.VerifyData(
                Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"),
                Bytes(token[2]),
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            )
            .ShouldBeTrue();
        var claims = JsonNode.Parse(Bytes(token[1]))!;
        ((string)claims["iss"]!, (string)claims["sub"]!).ShouldBe(
            ((string)discovery["issuer"]!, "system:serviceaccount:airflow:dag-processor")
        );
        ((string)claims["aud"]![0]!).ShouldBe("https://bascule.example.com");
    }

    [Fact]
    public void AProjectedTokenTakesThePlaceOfTheFormerOne()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("cluster-").FullName, "token");

        _cluster.Project(file, "airflow", "dag-processor", "bascule");
        var first = File.ReadAllText(file);
        _cluster.Project(file, "airflow", "dag-processor", "bascule");

        File.ReadAllText(file).ShouldNotBe(first);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task NothingElseIsThere()
    {
        using var answer = await _client.GetAsync(new Uri(_cluster.Issuer + "/api/v1/pods"));

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<JsonNode> GetAsync(string address) =>
        JsonNode.Parse(await _client.GetStringAsync(new Uri(address)))!;

    private static byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);
}
