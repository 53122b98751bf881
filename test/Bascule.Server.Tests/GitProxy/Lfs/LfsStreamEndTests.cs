using System.Net;
using Bascule.Core.Exchange;
using Bascule.Server.GitProxy;

namespace Bascule.Server.Tests.GitProxy.Lfs;

/// <summary>A token that ends while an object is on its way.</summary>
public sealed class LfsStreamEndTests(GitStage stage) : IClassFixture<GitStage>, IDisposable
{
    /// <summary>More than lies in buffers between the forge and a client that does not read.</summary>
    private const int Large = 24 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public void Dispose() => stage.Clock.Off = TimeSpan.Zero;

    [Theory]
    [InlineData("refs/**", false)]
    [InlineData("refs/**", true)]
    [InlineData("refs/heads/main", false)]
    [InlineData("refs/heads/main", true)]
    [Trait("Threat", "T91")]
    public async Task ADownloadUnderWayEndsWithItsToken(string refs, bool expires)
    {
        var lfs = await LfsRepository.CreateAsync(stage, $"lfs-{Guid.NewGuid():N}");
        var text = new string('x', Large);
        await lfs.AddAsync("main", text);
        var token = lfs.Token(refs, GitVerb.Fetch);
        using var answer = await lfs.OpenAsync(token, text);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var bytes = await answer.Content.ReadAsStreamAsync();
        (await bytes.ReadAsync(new byte[1000])).ShouldBeGreaterThan(0);

        await EndAsync(token, expires);

        await Should.ThrowAsync<IOException>(() => bytes.CopyToAsync(Stream.Null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Threat", "T91")]
    public async Task AnUploadUnderWayEndsWithItsTokenAndTheForgeHearsNothingOfIt(bool expires)
    {
        var lfs = await LfsRepository.CreateAsync(stage, $"lfs-{Guid.NewGuid():N}");
        var (token, text) = (lfs.Token("refs/**", GitVerb.Push), new string('y', 1 << 20));
        var rest = new TaskCompletionSource();
        var sending = lfs.PutAsync(token, text, rest.Task);
        await UntilAsync(() => stage.Get<GitStreams>().Count == 1);
        var before = stage.World.Forge.Requests.Count;

        await EndAsync(token, expires);
        rest.SetResult();

        await Should.ThrowAsync<HttpRequestException>(() => sending);
        stage.World.Forge.Requests.Skip(before).ShouldNotContain(one => one.Path.Contains("/info/lfs/"));
        File.Exists(stage.World.Forge.LfsFile(LfsRepository.OidOf(text))).ShouldBeFalse();
    }

    private async Task EndAsync(string token, bool expires)
    {
        stage.Get<GitStreams>().Count.ShouldBe(1);
        if (expires)
            stage.Clock.Off = TimeSpan.FromHours(2);
        else
            stage.Passes.Revoke(token);
        await UntilAsync(() => stage.Get<GitStreams>().Count == 0);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!isSo())
            await Task.Delay(20, deadline.Token);
    }
}
