using Bascule.Core;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

public sealed class ForgeUrlTests
{
    [Theory]
    [Trait("Threat", "T62")]
    [Trait("Threat", "T73")]
    [Trait("Threat", "T82")]
    [InlineData("another helper", "ext::sh -c 'touch /tmp/x'")]
    [InlineData("a descriptor", "fd::3/x")]
    [InlineData("an option", "https://forge.example/--upload-pack=touch x/r.git")]
    [InlineData("an escaped newline", "https://forge.example/%0ahost=evil.example/r.git")]
    [InlineData("a newline", "https://forge.example/a\nb/r.git")]
    [InlineData("another scheme", "ssh://git@forge.example/-oProxyCommand=touch/r.git")]
    [InlineData("git's own scheme", "git://forge.example/r.git")]
    [InlineData("a downgrade", "http://forge.example/r.git")]
    [InlineData("a user", "https://ada:secret@forge.example/r.git")]
    [InlineData("a query", "https://forge.example/r.git?x=1")]
    [InlineData("a fragment", "https://forge.example/r.git#x")]
    [InlineData("a file", "file:///etc")]
    [InlineData("a path", "/srv/git/r.git")]
    [InlineData("a relative path", "../r.git")]
    [InlineData("a letter that looks like another", "https://f\u043erge.example/r.git")]
    [InlineData("a share", "\\\\server\\share\\r.git")]
    public void RefusesWhatIsNotAnHttpsAddress(string what, string url) =>
        ForgeUrl.Check(new Uri(url, UriKind.RelativeOrAbsolute))!.Code.ShouldBe(ProblemCode.Invalid, what);

    [Theory]
    [InlineData("https://forge.example/ml/churn.git")]
    [InlineData("https://10.0.0.7:3000/sub/ml/churn")]
    [InlineData("https://[::1]:3000/ml/churn.git")]
    [InlineData("http://127.0.0.1:3000/ml/churn.git")]
    [InlineData("http://localhost:3000/ml/churn.git")]
    public void TakesWhatAConnectionMayBe(string url) => ForgeUrl.Check(new Uri(url)).ShouldBeNull();

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
