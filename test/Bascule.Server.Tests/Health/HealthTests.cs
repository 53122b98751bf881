using Bascule.Server.Tests.Configuration;
using Bascule.Server.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Tests.Health;

public sealed class HealthTests : IAsyncLifetime
{
    private readonly SettingsFolder _folder = new();
    private readonly HttpClient _client = new();
    private Server.Host _host = null!;

    public async Task InitializeAsync() => _host = await RunningHost.StartAsync(_folder);

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task BothListenersSayThatTheProcessAnswers()
    {
        (await AskAsync(_host.ListenUrl, "/health/live")).ShouldBe((200, "ok\n"));
        (await AskAsync(_host.LocalUrl, "/health/live")).ShouldBe((200, "ok\n"));
    }

    [Fact]
    public async Task TheLocalListenerNamesWhatWasChecked()
    {
        var (status, body) = await AskAsync(_host.LocalUrl, "/health/ready");

        status.ShouldBe(200);
        body.ShouldBe(
            """{"status":"ready","checks":[{"name":"process","ok":true},{"name":"storage.read","ok":true},{"name":"storage.write","ok":true}]}"""
        );
    }

    [Fact]
    public async Task IsNotReadyFromTheMomentOfStoppingOn()
    {
        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        var (status, body) = await AskAsync(_host.LocalUrl, "/health/ready");

        status.ShouldBe(503);
        body.ShouldContain("Bascule is stopping; send deliveries to another replica");
        (await AskAsync(_host.LocalUrl, "/health/live")).Status.ShouldBe(200);
    }

    [Fact]
    [Trait("Threat", "T153")]
    public async Task StrangersLearnOneWord()
    {
        (await AskAsync(_host.ListenUrl, "/health/ready")).ShouldBe((200, """{"status":"ready"}"""));

        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        (await AskAsync(_host.ListenUrl, "/health/ready")).ShouldBe((503, """{"status":"not ready"}"""));
    }

    private async Task<(int Status, string Body)> AskAsync(Uri listener, string path)
    {
        using var answer = await _client.GetAsync(new Uri(listener, path));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
