using System.Text.RegularExpressions;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

public sealed class MirrorFolderTests
{
    [Theory]
    [Trait("Threat", "T64")]
    [Trait("Threat", "T67")]
    [InlineData("..", 1)]
    [InlineData("../../etc", 1)]
    [InlineData("/etc", 1)]
    [InlineData("", 1)]
    [InlineData(".", 1)]
    [InlineData("-x", 1)]
    [InlineData("a/b", 1)]
    [InlineData("a\nb", 1)]
    [InlineData("a\n", 1)]
    [InlineData("a\0", 1)]
    [InlineData("forge1", -1)]
    public async Task RefusesAKeyThatIsNotAName(string uid, long id)
    {
        await using var world = await MirrorWorld.CreateAsync();

        var opened = await world.Mirrors.OpenAsync(new RepositoryKey(uid, id), default);

        opened.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        Directory.GetFileSystemEntries(world.Options.Folder).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Threat", "T61")]
    [Trait("Threat", "T64")]
    public async Task DerivesNoFileNameAndNoCommandFromARef()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        string[] names =
        [
            "refs/heads/CON",
            "refs/heads/aux.",
            "refs/heads/$(touch x)",
            "refs/heads/a;touch\u00a0b",
            "refs/heads/`id`",
            "refs/heads/x/--exec=touch",
            "refs/heads/x--upload-pack=touch",
            "refs/heads/" + new string('b', 200),
            "refs/heads/a",
            "refs/heads/\u00e9\u4e2d",
        ];
        var known = names.Where(name => RefName.TryParse(name, out _)).ToList();
        foreach (var name in known)
            await world.Repository.RunAsync("update-ref", name, commit.ToString());

        var fetched = await world.FetchAsync([.. known]);

        fetched.Value.Count.ShouldBe(known.Count);
        var safe = new Regex(
            "^(HEAD|config|refs|logs|objects|pack|info|bascule|at|[0-9a-f]{64}|pack-[0-9a-f]{40}[.](pack|idx))$"
        );
        Directory
            .EnumerateFileSystemEntries(world.MirrorFolder, "*", SearchOption.AllDirectories)
            .ShouldAllBe(path => safe.IsMatch(Path.GetFileName(path)));
    }

    [Fact]
    [Trait("Threat", "T61")]
    public async Task RefusesARefThatIsNone()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));

        var fetched = await world.Mirror.FetchAsync(world.Access, [default], default);

        fetched.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        world.Origin.Requests.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T64")]
    public async Task KeepsARefAndAnotherBeneathItOverTime()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("a", ("a.txt", "one"));
        (await world.FetchAsync("refs/heads/a")).Value.ShouldHaveSingleItem();
        await world.Repository.RunAsync("update-ref", "-d", "refs/heads/a");
        await world.Repository.CommitAsync("a/b", ("a.txt", "two"));

        (await world.FetchAsync("refs/heads/a/b")).Value.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task LetsNobodyElseIn()
    {
        await using var world = await MirrorWorld.CreateAsync();

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.GetUnixFileMode(world.MirrorFolder).ShouldBe(Owner);
        File.GetUnixFileMode(Path.GetDirectoryName(world.MirrorFolder)!).ShouldBe(Owner);
    }
}
