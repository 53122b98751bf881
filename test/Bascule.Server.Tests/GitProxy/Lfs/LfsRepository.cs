using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bascule.Core.Exchange;
using Bascule.Core.People;
using Bascule.Core.Settings;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.GitProxy.Lfs;

/// <summary>A repository that keeps its models in LFS, asked with a client's manners and without.</summary>
internal sealed class LfsRepository
{
    private const string MediaType = "application/vnd.git-lfs+json";
    private readonly GitStage _stage;

    private LfsRepository(GitStage stage, StageRepository repository) => (_stage, Repository) = (stage, repository);

    public StageRepository Repository { get; }

    public string Address => _stage.Of(Path).AbsoluteUri;

    private string Path => $"/git/git/{Repository.FullName}.git";

    public static async Task<LfsRepository> CreateAsync(GitStage stage, string name) =>
        new(stage, await stage.World.CreateRepositoryAsync(name));

    public static string OidOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Held by a machine: no account at the forge is asked about.</summary>
    public string Token(string refs, params GitVerb[] verbs) => Give("w-other", refs, verbs);

    /// <summary>For everything, held by another machine.</summary>
    public string All() => Give("w-ci", "refs/**", [GitVerb.Fetch, GitVerb.Push]);

    private string Give(string holder, string refs, GitVerb[] verbs) =>
        _stage.Passes.Give(
            new GitPass(
                $"gt-{Guid.NewGuid():N}",
                new Actor(ActorType.Workload, holder),
                _stage.Key(Repository),
                verbs.ToHashSet(),
                new RefPatterns([Glob.Parse(refs)]),
                "training",
                DateTimeOffset.UtcNow.AddHours(1)
            )
        );

    /// <summary>Somebody with git-lfs set up. It tries once more and no oftener: by itself it waits half a minute in all before it says what failed.</summary>
    public async Task<GitUser> UserAsync(string token)
    {
        var user = _stage.User(token);
        await user.GitAsync("lfs", "install");
        await user.GitAsync("config", "--global", "lfs.transfer.maxretries", "1");
        return user;
    }

    /// <summary>Puts an object there, and a file on the branch that points to it.</summary>
    public async Task AddAsync(string branch, string text)
    {
        (await PutAsync(All(), text)).Status.ShouldBe(HttpStatusCode.OK);
        await PointAsync(branch, text);
    }

    /// <summary>A file on the branch that points to the object, whether or not there is one.</summary>
    public async Task PointAsync(string branch, string text)
    {
        await Repository.Developer.BranchAsync("main");
        Repository.Developer.Write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        Repository.Developer.Write("model.bin", Pointer(text));
        await Repository.Developer.CommitAndPushAsync($"Model on {branch}", branch);
    }

    public static string Pointer(string text) =>
        $"version https://git-lfs.github.com/spec/v1\noid sha256:{OidOf(text)}\nsize {Encoding.UTF8.GetByteCount(text)}\n";

    public async Task<LfsReply> AskAsync(string token, string operation, params string[] texts)
    {
        var objects = texts.Select(text =>
            (JsonNode)new JsonObject { ["oid"] = OidOf(text), ["size"] = Encoding.UTF8.GetByteCount(text) }
        );
        var body = new JsonObject { ["operation"] = operation, ["objects"] = new JsonArray([.. objects]) };
        return await BatchAsync(token, body.ToJsonString());
    }

    public async Task<LfsReply> BatchAsync(string token, string body, string mediaType = MediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _stage.Of(Path + "/info/lfs/objects/batch"));
        request.Content = new StringContent(body, Encoding.UTF8);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType + "; charset=utf-8");
        request.Headers.Accept.ParseAdd(MediaType);
        return await SendAsync(request, token);
    }

    public Task<LfsReply> GetAsync(string token, string text) => GetAsync(token, $"{OidOf(text)}/{text.Length}", "");

    public async Task<LfsReply> GetAsync(string token, string tail, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _stage.Of($"{Path}/info/lfs/objects/{tail}{query}"));
        return await SendAsync(request, token);
    }

    /// <param name="sent">Other bytes than those of the object.</param>
    public async Task<LfsReply> PutAsync(
        string token,
        string text,
        string? sent = null,
        bool isChunked = false,
        string? encoding = null
    )
    {
        var path = $"{Path}/info/lfs/objects/{OidOf(text)}/{Encoding.UTF8.GetByteCount(text)}";
        using var request = new HttpRequestMessage(HttpMethod.Put, _stage.Of(path));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(sent ?? text));
        request.Headers.TransferEncodingChunked = isChunked;
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);
        return await SendAsync(request, token);
    }

    /// <summary>Past Bascule.</summary>
    public async Task PutAtForgeAsync(string text)
    {
        var path = $"{Repository.FullName}.git/info/lfs/objects/{OidOf(text)}/{Encoding.UTF8.GetByteCount(text)}";
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(_stage.World.Forge.BaseAddress, path));
        var login = $"{BasculeStage.BotName}:{_stage.World.ForgeToken}";
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        using var answer = await _stage.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Once the headers are there.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string token, string text)
    {
        var path = $"{Path}/info/lfs/objects/{OidOf(text)}/{Encoding.UTF8.GetByteCount(text)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, _stage.Of(path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _stage.SendAsync(request);
    }

    /// <param name="rest">The second half of the bytes is sent when it has ended.</param>
    public async Task<LfsReply> PutAsync(string token, string text, Task rest)
    {
        var path = $"{Path}/info/lfs/objects/{OidOf(text)}/{Encoding.UTF8.GetByteCount(text)}";
        using var request = new HttpRequestMessage(HttpMethod.Put, _stage.Of(path));
        request.Content = new HaltingContent(Encoding.UTF8.GetBytes(text), rest);
        return await SendAsync(request, token);
    }

    private async Task<LfsReply> SendAsync(HttpRequestMessage request, string token)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _stage.SendAsync(request);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        return new LfsReply(answer.StatusCode, Encoding.UTF8.GetString(bytes));
    }
}

internal sealed record LfsReply(HttpStatusCode Status, string Text)
{
    public JsonNode First => JsonNode.Parse(Text)!["objects"]![0]!;

    /// <summary>Of the only object that was asked for: its error's code, or the action that is offered.</summary>
    public string Verdict =>
        First["error"] is { } error ? $"{error["code"]}"
        : First["actions"] is JsonObject actions ? actions.Single().Key
        : "there";
}
