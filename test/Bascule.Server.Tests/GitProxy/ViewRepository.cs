using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.Connections;
using Bascule.Server.GitProxy;
using Bascule.Testing.Stage;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>A repository with a branch <c>train</c> that tokens of the test may see, and <c>secret</c> that they may not; both go out from main.</summary>
internal sealed class ViewRepository
{
    private readonly GitStage _stage;
    private readonly StageRepository _repository;

    private ViewRepository(GitStage stage, StageRepository repository) => (_stage, _repository) = (stage, repository);

    public Developer Developer => _repository.Developer;

    public string Train { get; private set; } = "";

    /// <summary>The tip of <c>secret</c>.</summary>
    public string Hidden { get; private set; } = "";

    /// <summary>A file of it, by its id.</summary>
    public string HiddenBlob { get; private set; } = "";

    public RepositoryKey Key => _stage.Key(_repository);

    public string Path => $"/git/git/{_repository.FullName}.git";

    public string Address => _stage.Of(Path).AbsoluteUri;

    public static async Task<ViewRepository> CreateAsync(GitStage stage, string name)
    {
        var made = new ViewRepository(stage, await stage.World.CreateRepositoryAsync(name));
        made.Train = await made.PushAsync("train", "for training");
        made.Hidden = await made.PushAsync("secret", "for nobody");
        made.HiddenBlob = await made.Developer.GitAsync("rev-parse", "HEAD:data.csv");
        return made;
    }

    public string Token(string refs = "refs/heads/train") =>
        _stage.Passes.Give(_stage.Key(_repository), refs, GitVerb.Fetch);

    /// <summary>As the door lets it through.</summary>
    public async Task<AskedGit> AskAsync(GitPass pass)
    {
        var connection = _stage.Get<ForgeConnections>().FindByName("git")!;
        var name = _repository.FullName.Split('/');
        var found = await connection.Forge.FindRepositoryAsync(name[0], name[1], default);
        var repository = new ProxiedRepository(_stage.Key(_repository), connection, found.Value);
        return new AskedGit(
            pass,
            repository.Access,
            Task.FromResult<Result<AdmittedGit>>(new AdmittedGit(pass, repository))
        );
    }

    /// <summary>A branch from main with one commit on it, whatever it was before.</summary>
    public async Task<string> PushAsync(string branch, string text)
    {
        await Developer.BranchAsync("main");
        return await AddAsync(branch, text);
    }

    /// <summary>One more commit on what was pushed last.</summary>
    public Task<string> AddAsync(string branch, string text)
    {
        Developer.Write("data.csv", $"tenure,churned\n1,0\n# {text}\n");
        return Developer.CommitAndPushAsync(text, branch);
    }

    /// <summary>What is answered to whoever asks for one object by its id, with no client's manners.</summary>
    public Task<string> WantAsync(string token, string version, string id) =>
        version == "2"
            ? PostAsync(token, version, Line("command=fetch") + "0001" + Line($"want {id}") + Line("done") + "0000")
            : PostAsync(token, version, Line($"want {id} side-band-64k ofs-delta") + "0000" + Line("done"));

    /// <summary>What is answered to whoever claims to have an object.</summary>
    public Task<string> HaveAsync(string token, string version, string id) =>
        version == "2"
            ? PostAsync(
                token,
                version,
                Line("command=fetch") + "0001" + Line($"want {Train}") + Line($"have {id}") + "0000"
            )
            : PostAsync(
                token,
                version,
                Line($"want {Train} multi_ack_detailed side-band-64k") + "0000" + Line($"have {id}") + "0000"
            );

    private async Task<string> PostAsync(string token, string version, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _stage.Of(Path + "/git-upload-pack"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Git-Protocol", $"version={version}");
        request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request");
        using var answer = await _stage.SendAsync(request);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
        return Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync());
    }

    private static string Line(string text) => $"{text.Length + 5:x4}{text}\n";
}
