using Bascule.Core.Forges;

namespace Bascule.Testing.Forges;

/// <summary>The stage on the real server that the environment names; everything on it gets a name of its own.</summary>
public sealed class LiveForgeStage : ForgeStage
{
    private readonly string _suffix = Guid.NewGuid().ToString("N")[..8];
    private readonly LiveForgeSettings? _settings = LiveForgeSettings.Read();

    public override string Kind => Settings.Kind;

    public override Uri Url => Settings.Url;

    public override string? CaFile => null;

    public override string Organisation => $"org-{_suffix}";

    private bool IsGogs => Kind == "gogs";

    private LiveForgeSettings Settings => _settings ?? throw new InvalidOperationException(LiveForgeSettings.HowToRun);

    private PullRequestDriver PullRequests => new(Kind, Url, CaFile);

    public override Task<long> OpenPullRequestAsync(ForgeRepository repository, string head, string title) =>
        PullRequests.OpenAsync(repository, Writer, head, title);

    public override async Task<StagedPerson> NewPersonAsync()
    {
        using var web = new ForgeWeb(Url, CaFile);
        return await AddAsync(web, $"token {Administrator}", $"p{Guid.NewGuid():N}"[..8]);
    }

    public override Task MergePullRequestAsync(ForgeRepository repository, long number) =>
        PullRequests.MergeAsync(repository, Bot, number);

    public override async Task AddSshKeyAsync(StagedPerson person, string title, string line)
    {
        using var web = new ForgeWeb(Url, CaFile);
        await web.CallAsync(HttpMethod.Post, "/user/keys", $"token {person.Token}", new { title, key = line });
    }

    protected override async Task AddPeopleAsync()
    {
        using var web = new ForgeWeb(Url, CaFile);
        Administrator = await TokenAsync(web, Settings.Admin, Settings.Password);
        var admin = $"token {Administrator}";
        Bot = await AddAsync(web, admin, "bot");
        Writer = await AddAsync(web, admin, "writer");
        Outsider = await AddAsync(web, admin, "outsider");
        var (path, credential) = IsGogs ? ($"/admin/users/{Bot.Login}/orgs", admin) : ("/orgs", $"token {Bot.Token}");
        await web.CallAsync(HttpMethod.Post, path, credential, new { username = Organisation });
    }

    protected override async Task AddRepositoryAsync(string name)
    {
        using var web = new ForgeWeb(Url, CaFile);
        var bot = $"token {Bot.Token}";
        var repository = new
        {
            name,
            @private = true,
            auto_init = true,
            readme = "Default",
        };
        await web.CallAsync(HttpMethod.Post, $"/{(IsGogs ? "org" : "orgs")}/{Organisation}/repos", bot, repository);
        var writer = $"/repos/{Organisation}/{name}/collaborators/{Writer.Login}";
        await web.CallAsync(HttpMethod.Put, writer, bot, new { permission = "write" });
    }

    private async Task<StagedPerson> AddAsync(ForgeWeb web, string admin, string role)
    {
        var (login, password) = ($"{role}-{_suffix}", $"Pw-{Guid.NewGuid():N}");
        var person = new
        {
            username = login,
            password,
            email = $"{login}@example.invalid",
            must_change_password = false,
        };
        await web.CallAsync(HttpMethod.Post, "/admin/users", admin, person);
        return new StagedPerson(login, password, await TokenAsync(web, login, password));
    }

    private async Task<string> TokenAsync(ForgeWeb web, string login, string password)
    {
        var token = await web.CallAsync(
            HttpMethod.Post,
            $"/users/{login}/tokens",
            ForgeWeb.Basic(login, password),
            new { name = $"conformance-{_suffix}", scopes = new[] { "all" } }
        );
        return token!["sha1"]!.GetValue<string>();
    }
}
