using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bascule.Core.Exchange;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.GitProxy.Raw;

/// <summary>A repository whose files are asked for one by one: a branch <c>train/daily</c> that tokens may see, and <c>secret</c> that they may not.</summary>
internal sealed class RawRepository
{
    public const string Branch = "refs/heads/train/daily";
    private readonly GitStage _stage;
    private readonly string _name;

    private RawRepository(GitStage stage, StageRepository repository) =>
        (_stage, Repository, _name) = (stage, repository, repository.FullName);

    public StageRepository Repository { get; }
    public Developer Developer => Repository.Developer;

    /// <summary>The tip of the branch.</summary>
    public string Commit { get; private set; } = "";

    /// <summary>The tip of <c>secret</c>.</summary>
    public string Hidden { get; private set; } = "";

    public static async Task<RawRepository> CreateAsync(GitStage stage, string name)
    {
        var made = new RawRepository(stage, await stage.World.CreateRepositoryAsync(name));
        await made.Developer.BranchAsync("main");
        made.Developer.Write("hidden.txt", "for nobody");
        made.Hidden = await made.Developer.CommitAndPushAsync("Hidden", "secret");
        await made.Developer.BranchAsync("main");
        made.Developer.Write("config/app.yaml", "rate: 1\n");
        made.Developer.Write("page.html", "<script>alert(1)</script>");
        made.Developer.Write("a b/ü#?.txt", "odd");
        made.Developer.Write("empty", "");
        made.Developer.Write("bytes", "\0\u0001");
        made.Developer.Write("large.txt", string.Concat(Enumerable.Range(0, 40_000).Select(n => $"{n:D5}\n")));
        made.Developer.Write(
            "model.bin",
            $"version https://git-lfs.github.com/spec/v1\noid sha256:{new string('a', 64)}\nsize 12345\n"
        );
        made.Commit = await made.Developer.CommitAndPushAsync("Files", "train/daily");
        return made;
    }

    /// <summary>An entry of a tree that git would not make from a folder.</summary>
    public async Task AddEntryAsync(string mode, string id, string name)
    {
        await Developer.GitAsync("update-index", "--add", "--cacheinfo", $"{mode},{id},{name}");
        await Developer.GitAsync("commit", "-q", "-m", $"Add {name}");
        await Developer.PushAsync("train/daily");
    }

    public string Token(string refs = Branch, GitVerb verb = GitVerb.Fetch) =>
        _stage.Passes.Give(_stage.Key(Repository), refs, verb);

    /// <param name="at">Ref and path, as they go onto the wire.</param>
    public async Task<RawReply> GetAsync(string token, string at, Action<HttpRequestMessage>? change = null)
    {
        using var request = Ask(HttpMethod.Get, at, token);
        change?.Invoke(request);
        using var answer = await _stage.SendAsync(request);
        return new RawReply(answer, await answer.Content.ReadAsByteArrayAsync());
    }

    public HttpRequestMessage Ask(HttpMethod method, string at, string token)
    {
        var request = new HttpRequestMessage(method, Address(at));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private Uri Address(string at) =>
        new(
            $"{_stage.Of("/raw/git/")}{_name}/{at}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
}

internal sealed record RawReply(HttpResponseMessage Answer, byte[] Bytes)
{
    public HttpStatusCode Status => Answer.StatusCode;
    public string Text => Encoding.UTF8.GetString(Bytes);
    public string Tag => Answer.Headers.ETag!.Tag;

    public string Header(string name) =>
        Answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
