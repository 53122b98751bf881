using System.Net;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Content;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.People;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;
using Bascule.Core.Settings;
using Bascule.Core.Work;
using Bascule.Server.Audit;
using Bascule.Server.Connections;
using Bascule.Server.GitProxy;
using Bascule.Server.GitProxy.Pushing;
using Bascule.Server.Identity;
using Bascule.Server.Mirrors;
using Bascule.Server.Reports;
using Bascule.Testing.Stage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Tests.GitProxy.Pushing;

internal sealed record PushDoorOptions
{
    public PushSettings Settings { get; init; } = new();
    public Func<PushLimits, PushLimits> Limits { get; init; } = limits => limits;
    public Actor Holder { get; init; } = new(ActorType.Workload, "w-ci");
    public string[] Refs { get; init; } = ["refs/**"];
    public GitVerb[] Verbs { get; init; } = [GitVerb.Push];
}

/// <summary>Where git reaches the pushes of one repository with one pass, over plain HTTP on loopback.</summary>
internal sealed class PushDoor : IGitPasses, IAsyncDisposable
{
    private readonly PushStage _stage;
    private readonly WebApplication _app;

    private PushDoor(PushStage stage, StageRepository repository, PushDoorOptions options, string folder)
    {
        (_stage, Repository, Folder) = (stage, repository, folder);
        var connection = stage.Services.GetRequiredService<ForgeConnections>().All[0];
        Key = new RepositoryKey(connection.Uid, repository.Forge.Id);
        Pass = new GitPass(
            $"t-{repository.Forge.Name}",
            options.Holder,
            Key,
            options.Verbs.ToHashSet(),
            new RefPatterns([.. options.Refs.Select(Glob.Parse)]),
            "devs",
            DateTimeOffset.MaxValue
        );
        _app = Build(options);
        _app.Run(context => AnswerAsync(context, connection));
    }

    public StageRepository Repository { get; }
    public Developer Developer => Repository.Developer;
    public string Folder { get; }
    public RepositoryKey Key { get; }
    public GitPass Pass { get; set; }
    public string Address => $"{_app.Urls.First()}/git/{Repository.FullName}.git";

    /// <summary>Asked before anything is sent on.</summary>
    public Func<bool> IsGood { get; set; } = () => true;

    public static async Task<PushDoor> OpenAsync(PushStage stage, StageRepository repository, PushDoorOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("bascule-push-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "pushes", "left-over"));
        var door = new PushDoor(stage, repository, options, folder);
        await door._app.StartAsync();
        return door;
    }

    /// <summary>A push by the real git; everything it says.</summary>
    public async Task<(int Code, string Text)> PushAsync(params string[] arguments)
    {
        var (code, output, errors) = await Developer.TryGitAsync(["push", "bascule", .. arguments]);
        return (code, output + errors);
    }

    /// <summary>Where a ref is at the forge; null when it is not there.</summary>
    public async Task<string?> TipAsync(string name)
    {
        var listed = await Developer.GitAsync("ls-remote", "origin", name);
        return listed.Length == 0 ? null : listed.Split('\t')[0];
    }

    /// <summary>This repository's audit entries of a type, oldest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> EntriesAsync(string type)
    {
        var records = await _stage.Services.GetRequiredService<IAuditLog>().ReadAsync(0, 10_000, default);
        return
        [
            .. records
                .Select(record => JsonNode.Parse(record.Entry.Span)!.AsObject())
                .Where(entry => (string?)entry["type"] == type)
                .Where(entry => (string?)entry["links"]?["repository"] == Key.ToString()),
        ];
    }

    public Task<Result<GitPass>> FindAsync(Secret token, CancellationToken cancellationToken) =>
        Task.FromResult<Result<GitPass>>(Pass);

    public Task<bool> IsGoodAsync(GitPass pass, CancellationToken cancellationToken) => Task.FromResult(IsGood());

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private WebApplication Build(PushDoorOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        Share<IMirrors>(builder.Services);
        Share<MirrorOptions>(builder.Services);
        Share<IPeopleStore>(builder.Services);
        Share<IWorkStore>(builder.Services);
        Share<AuditTrail>(builder.Services);
        Share<IssuerAddress>(builder.Services);
        Share<IPushStore>(builder.Services);
        Share<IRepositoryStore>(builder.Services);
        Share<IRunStore>(builder.Services);
        Share<RunReports>(builder.Services);
        Share<RunLinks>(builder.Services);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IGitPasses>(this);
        builder.Services.AddGitPushes(Folder, options.Settings, new());
        builder.Services.AddSingleton(
            options.Limits(new PushLimits { Folder = Path.Combine(Folder, "pushes"), Settings = options.Settings })
        );
        return builder.Build();
    }

    private void Share<T>(IServiceCollection services)
        where T : class => services.AddSingleton(_stage.Services.GetRequiredService<T>());

    private async Task AnswerAsync(HttpContext context, ConnectedForge connection)
    {
        var pushes = _app.Services.GetRequiredService<IGitPushes>();
        var stored = await _stage.Services.GetRequiredService<IRepositoryStore>().FindAsync(Key, default);
        var proxied = new ProxiedRepository(Key, connection, stored!);
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        if (HttpMethods.IsGet(context.Request.Method))
            await pushes.AdvertiseAsync(context, Pass, proxied);
        else
            await pushes.ReceiveAsync(context, Pass, proxied);
    }
}
