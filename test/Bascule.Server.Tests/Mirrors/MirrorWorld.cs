using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>A forge's repository and a mirror of it, in a folder that goes when the test ends.</summary>
internal sealed class MirrorWorld : IAsyncDisposable
{
    public static readonly RefName Main = RefName.Parse("refs/heads/main");
    private readonly GitMirrors _mirrors;

    private MirrorWorld(
        string folder,
        GitOrigin origin,
        OriginRepository repository,
        MirrorOptions options,
        ILogger<GitMirrors>? log
    )
    {
        (Folder, Origin, Repository, Options) = (folder, origin, repository, options);
        _mirrors = new GitMirrors(options, TimeProvider.System, log ?? NullLogger<GitMirrors>.Instance);
    }

    public string Folder { get; }

    public GitOrigin Origin { get; }

    public OriginRepository Repository { get; }

    public MirrorOptions Options { get; }

    public IMirror Mirror { get; private set; } = null!;

    public IMirrors Mirrors => _mirrors;

    public string MirrorFolder => Path.Combine(Options.Folder, "forge1", "7.git");

    public GitAccess Access =>
        new(new Uri(Origin.Address, "r.git"), "bascule", new Secret("pass-canary-7421"), Origin.CaFile);

    public static async Task<MirrorWorld> CreateAsync(
        Func<MirrorOptions, MirrorOptions>? change = null,
        bool plain = false,
        string format = "sha1",
        ILogger<GitMirrors>? log = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("bascule-mirror-").FullName;
        var origin = await GitOrigin.StartAsync(Path.Combine(folder, "origin"), plain);
        var options = new MirrorOptions { Folder = Path.Combine(folder, "mirrors") };
        var world = new MirrorWorld(
            folder,
            origin,
            await origin.CreateAsync("r", format),
            change?.Invoke(options) ?? options,
            log
        );
        world.Mirror = (await world.Mirrors.OpenAsync(new RepositoryKey("forge1", 7), default)).Value;
        return world;
    }

    public Task<Result<IReadOnlyDictionary<RefName, CommitId>>> FetchAsync(params string[] refs) =>
        Mirror.FetchAsync(Access, [.. refs.Select(RefName.Parse)], default);

    /// <summary>Where main is after a fetch that must work.</summary>
    public async Task<CommitId> FetchMainAsync() => (await FetchAsync("refs/heads/main")).Value[Main];

    public async ValueTask DisposeAsync()
    {
        await _mirrors.DisposeAsync();
        await Origin.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
