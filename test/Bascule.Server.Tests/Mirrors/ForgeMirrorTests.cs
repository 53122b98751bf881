using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;
using Bascule.Simulators;
using Bascule.Simulators.Forges;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Mirrors;

public sealed class ForgeMirrorTests
{
    [Theory]
    [InlineData(ForgeFlavour.Gitea)]
    [InlineData(ForgeFlavour.Gogs)]
    public async Task MirrorsAPrivateRepositoryOfAForge(ForgeFlavour flavour)
    {
        var folder = Directory.CreateTempSubdirectory("bascule-forge-");
        using var authority = new LoopbackAuthority();
        var caFile = Path.Combine(folder.FullName, "ca.pem");
        await File.WriteAllTextAsync(caFile, authority.CaPem);
        await using var forge = await ForgeSimulator.StartAsync(
            new ForgeSimulatorOptions
            {
                Flavour = flavour,
                LoopbackAuthority = authority,
                DataDirectory = Path.Combine(folder.FullName, "forge"),
            }
        );
        forge.AddUser("ada", "pass");
        var repository = await forge.CreateRepositoryAsync("ada", "churn");
        var files = new Dictionary<string, string?> { ["train.py"] = "print(1)" };
        var commit = await forge.CommitAsync(repository, "ada", "main", "Train", files);
        await using var services = Services(Path.Combine(folder.FullName, "mirrors"));
        var mirror = (
            await services.GetRequiredService<IMirrors>().OpenAsync(new RepositoryKey("f", repository.Id), default)
        ).Value;
        var access = new GitAccess(new Uri(repository.CloneUrl), "ada", new Secret("pass"), caFile);

        var fetched = await mirror.FetchAsync(access, [MirrorWorld.Main, RefName.PullRequestHead(1)], default);
        var denied = await mirror.FetchAsync(
            new GitAccess(access.Url, "ada", new Secret("wrong"), caFile),
            [MirrorWorld.Main],
            default
        );

        fetched.Value.ShouldBe(new Dictionary<RefName, CommitId> { [MirrorWorld.Main] = CommitId.Parse(commit) });
        denied.Problem!.Code.ShouldBe(ProblemCode.Denied);
        await services.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static ServiceProvider Services(string folder) =>
        new ServiceCollection().AddLogging().AddMirrors(new MirrorOptions { Folder = folder }).BuildServiceProvider();
}
