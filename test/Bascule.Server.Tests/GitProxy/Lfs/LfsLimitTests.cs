using System.Net;
using Bascule.Core.Exchange;
using Bascule.Server.GitProxy;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.GitProxy.Lfs;

/// <summary>Sizes and numbers that no question of git-lfs gets past, nor a request beside it.</summary>
public sealed class LfsLimitTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly GitStage _stage = new() { Change = Narrow };

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    [Trait("Threat", "T95")]
    public async Task AnObjectThatIsTooLargeGoesNeitherWay()
    {
        var lfs = await LfsRepository.CreateAsync(_stage, "lfs-too-large");
        var (most, more) = (new string('m', 400), new string('m', 1001));
        (await lfs.PutAsync(lfs.All(), most)).Status.ShouldBe(HttpStatusCode.OK);
        await lfs.PutAtForgeAsync(more);

        (await lfs.AskAsync(lfs.All(), "download", most)).Verdict.ShouldBe("download");
        (await lfs.AskAsync(lfs.All(), "download", more)).Verdict.ShouldBe("422");
        (await lfs.GetAsync(lfs.All(), more)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await lfs.AskAsync(lfs.Token("refs/**", GitVerb.Push), "upload", more)).Verdict.ShouldBe("422");
        var sent = await lfs.PutAsync(lfs.All(), more);
        sent.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        sent.Text.ShouldContain("more than 1000 bytes");
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task UploadsTogetherTakeSoMuchRoomAndNoMore()
    {
        var lfs = await LfsRepository.CreateAsync(_stage, "lfs-spool");

        var reply = await lfs.PutAsync(lfs.All(), new string('s', 800));

        reply.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await lfs.PutAsync(lfs.All(), new string('s', 400))).Status.ShouldBe(
            HttpStatusCode.OK,
            "the room is free again"
        );
    }

    [Fact]
    [Trait("Threat", "T95")]
    public async Task SoManyUploadsAreUnderWayAtOnceAndNoMore()
    {
        var lfs = await LfsRepository.CreateAsync(_stage, "lfs-uploads");
        var rest = new TaskCompletionSource();
        var first = lfs.PutAsync(lfs.All(), "the first", rest.Task);

        // Whoever comes first has the place.
        var places = Path.Combine(_stage.World.DataFolder, "pushes-lfs");
        using var deadline = new CancellationTokenSource(Patience);
        while (!Directory.Exists(places) || Directory.GetDirectories(places).Length == 0)
            await Task.Delay(20, deadline.Token);
        (await lfs.PutAsync(lfs.All(), "the second")).Status.ShouldBe(HttpStatusCode.TooManyRequests);

        rest.SetResult();
        (await first).Status.ShouldBe(HttpStatusCode.OK);
        (await lfs.PutAsync(lfs.All(), "the second")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static void Narrow(IServiceCollection services)
    {
        var usual = services.Select(one => one.ImplementationInstance).OfType<GitProxyOptions>().Single();
        services.AddSingleton(usual with { MaxLfsBytes = 1000, MaxLfsUploads = 1, MaxLfsSpoolBytes = 500 });
    }
}
