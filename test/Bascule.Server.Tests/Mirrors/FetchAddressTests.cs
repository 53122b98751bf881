using Bascule.Core;

namespace Bascule.Server.Tests.Mirrors;

/// <summary>The rule for addresses, where a fetch meets it.</summary>
public sealed class FetchAddressTests
{
    [Fact]
    [Trait("Threat", "T62")]
    public async Task AsksNobodyAboutAnAddressThatIsRefused()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var access = world.Access with { Url = new UriBuilder(world.Access.Url) { Query = "x=1" }.Uri };

        var fetched = await world.Mirror.FetchAsync(access, [MirrorWorld.Main], default);
        var listed = await world.Mirror.ListRemoteAsync(access, default);

        fetched.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        listed.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        world.Origin.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task TakesHttpOnThisMachine()
    {
        await using var world = await MirrorWorld.CreateAsync(plain: true);
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));

        (await world.FetchMainAsync()).ShouldBe(commit);

        world.Access.Url.Scheme.ShouldBe("http");
    }

    [Fact]
    [Trait("Threat", "T73")]
    public async Task NeverClonesFromAPath()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var access = world.Access with { Url = new Uri(world.Repository.Folder) };

        var fetched = await world.Mirror.FetchAsync(access, [MirrorWorld.Main], default);

        fetched.Problem!.Message.ShouldContain("'file' is not a way");
        Directory.GetFiles(world.MirrorFolder, "*.pack", SearchOption.AllDirectories).ShouldBeEmpty();
    }
}
