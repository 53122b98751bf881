using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Exchange;
using Bascule.Server.GitProxy;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>What ends a clone under way, and what keeps its pack from leaving.</summary>
public sealed class StreamEndTests(GitStage stage) : IClassFixture<GitStage>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("refs/**")]
    [InlineData("refs/heads/main")]
    [Trait("Threat", "T91")]
    public async Task ARevokedTokenEndsAStreamUnderWay(string refs)
    {
        var repository = await LargeAsync(refs == "refs/**" ? "large" : "large-view");
        var token = stage.Passes.Give(stage.Key(repository), refs, GitVerb.Fetch);
        using var answer = await CloneAsync(repository, token);
        await using var pack = await answer.Content.ReadAsStreamAsync();
        (await pack.ReadAsync(new byte[1000])).ShouldBeGreaterThan(0);
        stage.Get<GitStreams>().Count.ShouldBe(1);

        stage.Passes.Revoke(token);

        using var deadline = new CancellationTokenSource(Patience);
        while (stage.Get<GitStreams>().Count > 0)
            await Task.Delay(20, deadline.Token);
        await Should.ThrowAsync<IOException>(() => pack.CopyToAsync(Stream.Null));
    }

    [Theory]
    [InlineData("refs/**")]
    [InlineData("refs/heads/main")]
    [Trait("Threat", "T116")]
    public async Task NoPackLeavesThatIsNotWrittenDown(string refs)
    {
        var user = stage.User(stage.Token(refs));
        stage.Audit.IsBroken = true;

        var said = await user.FailAsync("clone", "-q", stage.Address.AbsoluteUri, ".");
        stage.Audit.IsBroken = false;

        said.ShouldNotBeEmpty();
        await user.GitAsync("clone", "-q", stage.Address.AbsoluteUri, "again");
    }

    /// <summary>Larger than all that lies in buffers between the forge and a client that does not read.</summary>
    private async Task<StageRepository> LargeAsync(string name)
    {
        var repository = await stage.World.CreateRepositoryAsync(name);
        await repository.Developer.GitAsync("config", "core.compression", "0");
        await repository.Developer.GitAsync("config", "core.bigFileThreshold", "1m");
        repository.Developer.Write("large", Convert.ToBase64String(RandomNumberGenerator.GetBytes(18 << 20)));
        await repository.Developer.CommitAndPushAsync("Something large");
        return repository;
    }

    private async Task<HttpResponseMessage> CloneAsync(StageRepository repository, string token)
    {
        var tip = await repository.Developer.GitAsync("rev-parse", "HEAD");
        var path = $"/git/git/{repository.FullName}.git/git-upload-pack";
        using var request = new HttpRequestMessage(HttpMethod.Post, stage.Of(path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Git-Protocol", "version=2");
        request.Content = new ByteArrayContent(
            Encoding.ASCII.GetBytes($"0012command=fetch\n00010032want {tip}\n0009done\n0000")
        );
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request");
        return await stage.SendAsync(request);
    }
}
