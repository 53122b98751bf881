using System.Net;
using Bascule.Core.Provenance.Keys;
using Bascule.Server.Provenance;
using Bascule.Server.Tests.Configuration;
using Bascule.Server.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Provenance;

/// <summary>The public keys, as whoever verifies fetches them: from the public listener, without signing in.</summary>
public sealed class KeyPublicationTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task KeysAreServedToEverybodyAsJsonAndAsPem()
    {
        await using var host = await RunningHost.StartAsync(_folder);
        using var client = new HttpClient();
        var empty = await client.GetStringAsync(new Uri(host.ListenUrl, "/provenance/keys"));
        (await host.Services.GetRequiredService<ProvenanceKeys>().ListAsync(default)).Problem.ShouldBeNull();

        var json = VerificationKeys
            .Read(await client.GetByteArrayAsync(new Uri(host.ListenUrl, "/provenance/keys")))
            .Value;
        var pem = VerificationKeys
            .Read(await client.GetByteArrayAsync(new Uri(host.ListenUrl, "/provenance/keys.pem")))
            .Value;

        empty.ShouldBe("""{"keys":[]}""", "whoever only asks has no key made");
        var key = json.ShouldHaveSingleItem();
        key.From.ShouldNotBeNull();
        pem.ShouldHaveSingleItem().Id.ShouldBe(key.Id);
        var one = await client.GetStringAsync(new Uri(host.ListenUrl, $"/provenance/keys/{key.Id}.pem"));
        one.ShouldBe(key.ToPem());
        one.ShouldNotContain("PRIVATE");
        using var none = await client.GetAsync(new Uri(host.ListenUrl, "/provenance/keys/unknown.pem"));
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
