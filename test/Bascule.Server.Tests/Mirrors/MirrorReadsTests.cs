using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;

namespace Bascule.Server.Tests.Mirrors;

public sealed class MirrorReadsTests
{
    [Fact]
    public async Task ListsTheTreeAsGitDoes()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await MixedAsync(world.Repository);
        await world.FetchMainAsync();

        var tree = (await world.Mirror.ReadTreeAsync(commit, "", default)).Value;

        var listed = await world.Repository.RunAsync("ls-tree", "-r", "-z", "--long", commit.ToString());
        tree.Entries.Select(Line)
            .ShouldBe(listed.Split('\0', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);
        tree.Entries.Select(entry => entry.Path).ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
    }

    [Fact]
    public async Task KnowsTheDigestOfEveryFile()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"), ("b/c.txt", "two"));
        await world.FetchMainAsync();

        var tree = (await world.Mirror.ReadTreeAsync(commit, "", default)).Value;

        foreach (var entry in tree.Entries)
        {
            var bytes = await tree.ReadAsync(entry, default);
            tree.DigestOf(entry).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));
            entry.Size.ShouldBe(bytes.Length);
        }
    }

    [Fact]
    public async Task GivesOneDigestToOneTreeAndAnotherToEveryChange()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var repository = world.Repository;
        var main = await repository.CommitAsync("main", ("w/a.txt", "one"), ("w/b.txt", "two"));
        var same = await repository.CommitAsync("same", ("w/b.txt", "two"), ("w/a.txt", "one"), ("other.txt", "x"));
        var bytes = await repository.CommitAsync("bytes", ("w/a.txt", "one"), ("w/b.txt", "Two"));
        var path = await repository.CommitAsync("path", ("w/a.txt", "one"), ("w/c.txt", "two"));
        var mode = await repository.CommitAsync(
            "mode",
            "x",
            [("w/a.txt", "100755", "one"), ("w/b.txt", "100644", "two")]
        );
        await world.FetchAsync([
            .. new[] { "main", "same", "bytes", "path", "mode" }.Select(name => "refs/heads/" + name),
        ]);

        async Task<string> DigestAsync(CommitId commit) =>
            (await world.Mirror.ReadTreeAsync(commit, "w", default)).Value.TreeDigest;

        (await DigestAsync(same)).ShouldBe(await DigestAsync(main));
        new[] { await DigestAsync(main), await DigestAsync(bytes), await DigestAsync(path), await DigestAsync(mode) }
            .Distinct()
            .Count()
            .ShouldBe(4);
    }

    [Fact]
    public async Task ReadsBelowAWorkflowsRootOnly()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync(
            "main",
            ("churn/train.py", "1"),
            ("churn/d/x.py", "2"),
            ("other/.GITx", "3")
        );
        await world.FetchMainAsync();

        var tree = (await world.Mirror.ReadTreeAsync(commit, "churn", default)).Value;

        tree.Entries.Select(entry => entry.Path).ShouldBe(["d/x.py", "train.py"]);
        (await world.Mirror.ReadTreeAsync(commit, "churn/train.py", default)).Problem!.Code.ShouldBe(
            ProblemCode.NotFound
        );
        (await world.Mirror.ReadTreeAsync(commit, "none", default)).Problem!.Code.ShouldBe(ProblemCode.NotFound);
    }

    [Theory]
    [Trait("Threat", "T67")]
    [InlineData("/etc/passwd")]
    [InlineData("../a.txt")]
    [InlineData("a/../a.txt")]
    [InlineData("./a.txt")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public async Task RefusesAPathThatIsNotInsideTheRepository(string path)
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();

        (await world.Mirror.ReadFileAsync(commit, path, 100, default)).Problem!.Code.ShouldBe(ProblemCode.Invalid);
        (await world.Mirror.ReadTreeAsync(commit, path, default)).Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    [Fact]
    public async Task ReadsAFileOfACommitAndNothingElse()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("d/a.txt", "one"), ("--help", "option"));
        await world.FetchMainAsync();

        Encoding
            .UTF8.GetString((await world.Mirror.ReadFileAsync(commit, "d/a.txt", 3, default)).Value!.Value.Span)
            .ShouldBe("one");
        (await world.Mirror.ReadFileAsync(commit, "--help", 10, default)).Value!.Value.Length.ShouldBe(6);
        (await world.Mirror.ReadFileAsync(commit, "d", 10, default)).Value.ShouldBeNull();
        (await world.Mirror.ReadFileAsync(commit, "d/b.txt", 10, default)).Value.ShouldBeNull();
        (await world.Mirror.ReadFileAsync(commit, "d/a.txt/x", 10, default)).Value.ShouldBeNull();
        (await world.Mirror.ReadFileAsync(commit, "d/a.txt", 2, default)).Problem!.Message.ShouldContain("'d/a.txt'");
        (await world.Mirror.ReadFileAsync(CommitId.Parse(new string('1', 40)), "a", 2, default)).Problem!.Code.ShouldBe(
            ProblemCode.NotFound
        );
    }

    [Fact]
    public async Task TakesNoOtherObjectForACommit()
    {
        await using var world = await MirrorWorld.CreateAsync();
        await world.Repository.CommitAsync("main", ("a.txt", "one"));
        await world.FetchMainAsync();
        var tree = CommitId.Parse(await world.Repository.RunAsync("rev-parse", "main^{tree}"));

        (await world.Mirror.ReadFileAsync(tree, "a.txt", 10, default)).Problem!.Code.ShouldBe(ProblemCode.Invalid);
        (await world.Mirror.ReadTreeAsync(tree, "", default)).Problem!.Code.ShouldBe(ProblemCode.Invalid);
        (await world.Mirror.ChangedPathsAsync(null, tree, default)).Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    [Fact]
    public async Task NamesTheChangedPathsAsGitDoes()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var before = await MixedAsync(world.Repository);
        var after = await world.Repository.CommitAsync(
            "main",
            "Move things",
            [
                ("a.txt", "100644", null),
                ("moved.txt", "100644", "one"),
                ("d/run.sh", "100644", "#!"),
                ("d/e", "100644", null),
                ("d/e", "100644", "now a file"),
                ("link", "100644", "now a file"),
                ("sub", "160000", new string('2', 40)),
                ("b.txt/deep/x", "100644", "now a folder"),
            ]
        );
        await world.FetchMainAsync();

        var changed = (await world.Mirror.ChangedPathsAsync(before, after, default)).Value;

        string[] command =
        [
            "diff-tree",
            "-r",
            "-z",
            "--no-renames",
            "--name-only",
            before.ToString(),
            after.ToString(),
        ];
        var expected = (await world.Repository.RunAsync(command)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        changed.ShouldBe(expected.Distinct(), ignoreOrder: true);
        changed.ShouldContain("a.txt");
    }

    [Fact]
    public async Task NamesEveryPathWhenThereIsNothingToCompareWith()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"), ("d/b.txt", "two"));
        await world.FetchMainAsync();

        foreach (var before in new CommitId?[] { null, default(CommitId), CommitId.Parse(new string('1', 40)) })
            (await world.Mirror.ChangedPathsAsync(before, commit, default)).Value.ShouldBe(["a.txt", "d/b.txt"]);
        (await world.Mirror.ChangedPathsAsync(commit, commit, default)).Value.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T76")]
    public async Task ShowsACommitWithoutWhatItHides()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var message = "Fix \u001b[31mred\u001b[0m \u202eevil\u202c\r::add-mask::x" + new string('y', 500) + "\n\nMore";
        var commit = await world.Repository.CommitAsync("main", message, [("a.txt", "100644", "one")]);
        await world.FetchMainAsync();

        var summary = (await world.Mirror.DescribeAsync(commit, default)).Value;

        summary.Subject.ShouldStartWith("Fix [31mred[0m evil::add-mask::x");
        summary.Subject.Length.ShouldBe(200);
        summary.AuthorName.ShouldBe("Ada");
        summary.At.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    }

    [Fact]
    [Trait("Threat", "T76")]
    public async Task LogsWhatAForgeSaysOnOneHarmlessLine()
    {
        var log = new ListLogger();
        await using var world = await MirrorWorld.CreateAsync(log: log);
        world.Origin.Instead = async context =>
        {
            context.Response.ContentType = "application/x-git-upload-pack-advertisement";
            await context.Response.Body.WriteAsync(
                "003fERR \u001b[2Jgone\r\nfatal: couldn't find remote ref refs/heads/main\n"u8.ToArray()
            );
            return true;
        };

        var fetched = await world.FetchAsync("refs/heads/main");

        fetched.Problem!.Message.ShouldNotContain("gone");
        log.Lines.ShouldNotBeEmpty();
        log.Lines.ShouldAllBe(line => !line.Any(char.IsControl));
    }

    private static Task<CommitId> MixedAsync(OriginRepository repository) =>
        repository.CommitAsync(
            "main",
            "Mixed",
            [
                ("a.txt", "100644", "one"),
                ("b.txt", "100644", "two"),
                ("a-b/x", "100644", "sorts between"),
                ("a/x", "100644", "sorts after"),
                ("d/run.sh", "100755", "#!"),
                ("d/e/f/g.txt", "100644", ""),
                ("link", "120000", "a.txt"),
                ("sub", "160000", new string('1', 40)),
            ]
        );

    private static string Line(TreeEntry entry)
    {
        var (mode, type) = entry.Kind switch
        {
            TreeEntryKind.Executable => ("100755", "blob"),
            TreeEntryKind.Symlink => ("120000", "blob"),
            TreeEntryKind.Submodule => ("160000", "commit"),
            _ => ("100644", "blob"),
        };
        var size = entry.Kind is TreeEntryKind.Submodule ? "-" : $"{entry.Size}";
        return $"{mode} {type} {entry.ObjectId} {size, 7}\t{entry.Path}";
    }
}
