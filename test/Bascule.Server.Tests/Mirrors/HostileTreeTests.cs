using System.Text;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Server.Tests.Mirrors;

public sealed class HostileTreeTests
{
    [Theory]
    [Trait("Threat", "T65")]
    [InlineData("/etc/passwd")]
    [InlineData("../../../etc/passwd")]
    [InlineData("link")]
    [InlineData(".")]
    public async Task NeverFollowsASymbolicLink(string target)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync(
            "main",
            "Link",
            [("link", "120000", target), ("a.txt", "100644", "one")]
        );
        await world.FetchMainAsync();

        var tree = (await world.Mirror.ReadTreeAsync(commit, "", default)).Value;
        var file = await world.Mirror.ReadFileAsync(commit, "link", 1000, default);

        var link = tree.Entries.Single(entry => entry.Path == "link");
        link.Kind.ShouldBe(TreeEntryKind.Symlink);
        Encoding.UTF8.GetString((await tree.ReadAsync(link, default)).Span).ShouldBe(target);
        file.Problem!.Message.ShouldContain("symbolic link");
    }

    [Fact]
    [Trait("Threat", "T65")]
    public async Task FindsNothingBeneathALinkedFolder()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync(
            "main",
            "Link",
            [("etc", "120000", "/etc"), ("d/a.txt", "100644", "one")]
        );
        await world.FetchMainAsync();

        (await world.Mirror.ReadFileAsync(commit, "etc/passwd", 1000, default)).Value.ShouldBeNull();
        (await world.Mirror.ReadTreeAsync(commit, "etc", default)).Problem!.Code.ShouldBe(ProblemCode.NotFound);
        (await world.Mirror.ReadFileAsync(commit, "d/a.txt", 1000, default)).Value.ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T65")]
    public async Task RefusesALinkAndAFolderOfOneName()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var blob = await world.Repository.WriteAsync("blob", "/etc"u8.ToArray());
        var below = await world.Repository.TreeAsync(("100644", "passwd"u8.ToArray(), blob));
        var tree = await world.Repository.TreeAsync(
            ("120000", "d"u8.ToArray(), blob),
            ("40000", "d"u8.ToArray(), below)
        );
        var commit = await world.Repository.CommitTreeAsync("main", tree);

        (await world.FetchAsync("refs/heads/main")).Problem!.Message.ShouldContain("duplicateEntries");
        (await ReadUncheckedAsync(world, commit.ToString())).Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    [Theory]
    [Trait("Threat", "T66")]
    [InlineData("git's folder", ".git")]
    [InlineData("another case", ".GIT")]
    [InlineData("a short name", "git~1")]
    [InlineData("a short name in capitals", "GIT~1")]
    [InlineData("an NTFS stream", ".git::$INDEX_ALLOCATION")]
    [InlineData("a trailing dot", ".git.")]
    [InlineData("a trailing space", ".git ")]
    [InlineData("an ignored character", ".g\u200cit")]
    public async Task RefusesNamesThatBecomeGitsFolder(string what, string name)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var blob = await world.Repository.WriteAsync("blob", "x"u8.ToArray());
        var below = await world.Repository.TreeAsync(("100644", "config"u8.ToArray(), blob));
        var tree = await world.Repository.TreeAsync(("40000", Encoding.UTF8.GetBytes(name), below));
        var commit = await world.Repository.CommitTreeAsync("main", tree);

        (await world.FetchAsync("refs/heads/main")).Problem!.Code.ShouldBe(ProblemCode.Invalid, what);
        (await ReadUncheckedAsync(world, commit.ToString())).Problem!.Message.ShouldContain("git's own folder");
    }

    [Fact]
    [Trait("Threat", "T66")]
    public async Task RefusesALinkInThePlaceOfGitmodules()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var blob = await world.Repository.WriteAsync("blob", "elsewhere"u8.ToArray());
        var tree = await world.Repository.TreeAsync(("120000", ".gitmodules"u8.ToArray(), blob));
        var commit = await world.Repository.CommitTreeAsync("main", tree);

        (await world.FetchAsync("refs/heads/main")).Problem!.Message.ShouldContain("gitmodulesSymlink");
        (await ReadUncheckedAsync(world, commit.ToString())).Problem!.Message.ShouldContain("'.gitmodules'");
    }

    [Fact]
    [Trait("Threat", "T66")]
    public async Task ListsASubmoduleAndNeverFetchesIt()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var modules = $"[submodule \"sub\"]\n\tpath = sub\n\turl = {new Uri(world.Origin.Address, "sub.git")}\n";
        var commit = await world.Repository.CommitAsync(
            "main",
            "Submodule",
            [(".gitmodules", "100644", modules), ("sub", "160000", new string('1', 40))]
        );
        await world.FetchMainAsync();

        var tree = (await world.Mirror.ReadTreeAsync(commit, "", default)).Value;

        var sub = tree.Entries.Single(entry => entry.Path == "sub");
        sub.Kind.ShouldBe(TreeEntryKind.Submodule);
        await Should.ThrowAsync<ArgumentException>(() => tree.ReadAsync(sub, default));
        (await world.Mirror.ReadFileAsync(commit, "sub", 100, default)).Value.ShouldBeNull();
        world.Origin.Requests.ShouldAllBe(request => !request.Request.Contains("sub.git"));
    }

    [Theory]
    [Trait("Threat", "T67")]
    [InlineData("..", "climbs")]
    [InlineData(".", "stays")]
    [InlineData("a\\b", "climbs on Windows")]
    [InlineData("a/b", "hides a folder")]
    [InlineData("a\nb", "breaks a line")]
    [InlineData("a\u202eb", "is shown backwards")]
    [InlineData("a\u001b[2Jb", "clears a screen")]
    public async Task RefusesNamesThatMislead(string name, string why)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var blob = await world.Repository.WriteAsync("blob", "x"u8.ToArray());
        var tree = await world.Repository.TreeAsync(("100644", Encoding.UTF8.GetBytes(name), blob));
        var commit = await world.Repository.CommitTreeAsync("main", tree);

        var read = await ReadUncheckedAsync(world, commit.ToString());

        read.Problem!.Code.ShouldBe(ProblemCode.Invalid, why);
        read.Problem!.Message.ShouldAllBe(character => !char.IsControl(character) && character != '\u202e');
    }

    [Theory]
    [Trait("Threat", "T74")]
    [InlineData("dags/Load.py", "dags/load.py", "dags/load.py")]
    [InlineData("Dags/a.py", "dags/b.py", "dags")]
    [InlineData("dags", "Dags/b.py", "dags")]
    public async Task RefusesATreeOfTwoNamesThatBecomeOne(string one, string other, string named)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", (one, "1"), (other, "2"));
        await world.FetchMainAsync();

        var read = await world.Mirror.ReadTreeAsync(commit, "", default);

        read.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        read.Problem!.Message.ShouldContain(named, Case.Insensitive);
    }

    [Fact]
    [Trait("Threat", "T67")]
    public async Task RefusesANameThatIsNotText()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var blob = await world.Repository.WriteAsync("blob", "x"u8.ToArray());
        var commit = await world.Repository.CommitTreeAsync(
            "main",
            await world.Repository.TreeAsync(("100644", [0x61, 0xff], blob))
        );

        (await ReadUncheckedAsync(world, commit.ToString())).Problem!.Message.ShouldContain("not named in UTF-8");
    }

    [Fact]
    [Trait("Threat", "T71")]
    public async Task ReadsNoEntryOfAnUnknownMode()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var blob = await world.Repository.WriteAsync("blob", "x"u8.ToArray());
        var tree = await world.Repository.TreeAsync(("100666", "a"u8.ToArray(), blob));
        var commit = await world.Repository.CommitTreeAsync("main", tree);
        await world.FetchMainAsync();

        (await world.Mirror.ReadTreeAsync(commit, "", default)).Problem!.Message.ShouldContain(tree);
    }

    [Theory]
    [Trait("Threat", "T68")]
    [InlineData("* text eol=crlf")]
    [InlineData("* filter=lfs diff=lfs merge=lfs -text")]
    [InlineData("* ident")]
    [InlineData("* export-subst")]
    [InlineData("* export-ignore")]
    [InlineData("* working-tree-encoding=UTF-16")]
    public async Task HandsOutTheExactBytesWhateverAttributesSay(string attributes)
    {
        const string Text = "one\ntwo $Id$ $Format:%H$\n";
        await using var world = await MirrorWorld.CreateAsync();
        var lfs = ("lfsconfig", "[lfs]\n\turl = https://evil.example/lfs\n");
        var commit = await world.Repository.CommitAsync("main", (".gitattributes", attributes), ("a.txt", Text), lfs);
        await world.FetchMainAsync();

        var tree = (await world.Mirror.ReadTreeAsync(commit, "", default)).Value;

        var file = tree.Entries.Single(entry => entry.Path == "a.txt");
        Encoding.UTF8.GetString((await tree.ReadAsync(file, default)).Span).ShouldBe(Text);
        file.Size.ShouldBe(Text.Length);
    }

    [Theory]
    [Trait("Threat", "T71")]
    [InlineData("treeNotSorted")]
    [InlineData("zeroPaddedFilemode")]
    [InlineData("fullPathname")]
    [InlineData("missingAuthor")]
    [InlineData("multipleAuthors")]
    public async Task FetchesNothingThatTwoParsersReadDifferently(string kind)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var id = await MalformedAsync(world.Repository, kind);

        var fetched = await world.FetchAsync("refs/heads/main");

        fetched.Problem!.Code.ShouldBe(ProblemCode.Invalid);
        fetched.Problem!.Message.ShouldContain(kind);
        Directory.GetFiles(world.MirrorFolder, "*.pack", SearchOption.AllDirectories).ShouldBeEmpty();
        id.Length.ShouldBe(40);
    }

    /// <summary>Puts the objects into the mirror as if the fetch had not looked at them.</summary>
    private static async Task<Result<IContentTree>> ReadUncheckedAsync(MirrorWorld world, string commit)
    {
        await TestGit.RunAsync(world.MirrorFolder, "fetch", "-q", world.Repository.Folder, "refs/heads/main");
        return await world.Mirror.ReadTreeAsync(Core.Forges.CommitId.Parse(commit), "", default);
    }

    private static async Task<string> MalformedAsync(OriginRepository repository, string kind)
    {
        var blob = await repository.WriteAsync("blob", "x"u8.ToArray());
        var (a, b) = ("a"u8.ToArray(), "b"u8.ToArray());
        var tree = kind switch
        {
            "treeNotSorted" => await repository.TreeAsync(("100644", b, blob), ("100644", a, blob)),
            "zeroPaddedFilemode" => await repository.TreeAsync(("0100644", a, blob)),
            "fullPathname" => await repository.TreeAsync(("100644", "a/b"u8.ToArray(), blob)),
            _ => await repository.TreeAsync(("100644", a, blob)),
        };
        const string Author = "author Ada <a@example.com> 1700000000 +0000\n";
        var authors = kind switch
        {
            "missingAuthor" => "",
            "multipleAuthors" => Author + Author,
            _ => Author,
        };
        var text = $"tree {tree}\n{authors}committer Ada <a@example.com> 1700000000 +0000\n\nBy hand\n";
        var id = await repository.WriteAsync("commit", Encoding.UTF8.GetBytes(text));
        await repository.RunAsync("update-ref", "refs/heads/main", id);
        return id;
    }
}
