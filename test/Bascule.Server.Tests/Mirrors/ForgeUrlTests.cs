using Bascule.Core;
using Bascule.Core.Forges;

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
    [InlineData("a share", "\\\\server\\share\\r.git")]
    public async Task RefusesWhatIsNotAnHttpsAddress(string what, string url)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var access = world.Access with { Url = new Uri(url, UriKind.RelativeOrAbsolute) };

        var fetched = await world.Mirror.FetchAsync(access, [MirrorWorld.Main], default);
        var listed = await world.Mirror.ListRemoteAsync(access, default);

        fetched.Problem!.Code.ShouldBe(ProblemCode.Invalid, what);
        listed.Problem!.Code.ShouldBe(ProblemCode.Invalid, what);
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
