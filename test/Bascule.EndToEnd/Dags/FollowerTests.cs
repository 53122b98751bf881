using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.EndToEnd.Dags;

public sealed class FollowerTests : IDisposable
{
    private readonly FollowStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task ShowsWhatTheBranchHolds()
    {
        var commit = _stage.Push(
            _stage.File("dag.py", "print(1)\n"),
            _stage.Folder("lib", _stage.File("tool.sh", "true\n", "100755"), _stage.Link("dag", "../dag.py"))
        );

        var published = (await _stage.LookAsync()).Value!;

        (published.Commit, published.Files, published.Previous).ShouldBe((commit, 3, (CommitId?)null));
        new FileInfo(_stage.Current).LinkTarget.ShouldBe($"versions/{commit}");
        _stage.Read("dag.py").ShouldBe("print(1)\n");
        _stage.Read("lib/dag").ShouldBe("print(1)\n");
        ModeOf("lib/tool.sh").HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        ModeOf("dag.py").HasFlag(UnixFileMode.UserExecute).ShouldBeFalse();
        File.Exists(Path.Combine(_stage.Current, ".git")).ShouldBeFalse();
    }

    [Fact]
    public async Task FollowsEachPushAndSaysNothingWithoutOne()
    {
        var first = _stage.Push(_stage.File("dag.py", "1"));
        await _stage.LookAsync();
        (await _stage.LookAsync()).Value.ShouldBeNull();

        var second = _stage.Push(_stage.File("dag.py", "2"));
        var published = (await _stage.LookAsync()).Value!;

        (published.Commit, published.Previous).ShouldBe((second, first));
        _stage.Read("dag.py").ShouldBe("2");
    }

    [Fact]
    public async Task FollowsARewindToAVersionThatIsStillThere()
    {
        var first = _stage.Push(_stage.File("dag.py", "1"));
        await _stage.LookAsync();
        _stage.Push(_stage.File("dag.py", "2"));
        await _stage.LookAsync();

        _stage.Rewind(first);
        await _stage.LookAsync();

        _stage.Read("dag.py").ShouldBe("1");
    }

    [Fact]
    public async Task KeepsTheLastVersionWhileNothingCanBeFetched()
    {
        _stage.Push(_stage.File("dag.py", "1"));
        await _stage.LookAsync();
        Directory.Move(_stage.Origin, _stage.Origin + ".away");

        (await _stage.LookAsync()).Problem.ShouldNotBeNull();

        _stage.Read("dag.py").ShouldBe("1");
        Directory.Move(_stage.Origin + ".away", _stage.Origin);
        _stage.Push(_stage.File("dag.py", "2"));
        (await _stage.LookAsync()).Problem.ShouldBeNull();
        _stage.Read("dag.py").ShouldBe("2");
    }

    [Fact]
    public async Task KeepsTheLastVersionWhenTheBranchIsDeleted()
    {
        _stage.Push(_stage.File("dag.py", "1"));
        await _stage.LookAsync();
        _stage.Git("", "update-ref", "-d", FollowStage.Branch);

        (await _stage.LookAsync()).Problem!.Code.ShouldBe(ProblemCode.NotFound);

        _stage.Read("dag.py").ShouldBe("1");
    }

    [Theory]
    [InlineData("a submodule", "160000 commit 1111111111111111111111111111111111111111\tsub")]
    [InlineData("git's own folder", "040000 tree {tree}\t.git")]
    [InlineData("git's own folder, as NTFS knows it", "040000 tree {tree}\tgit~1")]
    [InlineData("another folder", "040000 tree {tree}\t..")]
    [InlineData("a control character", "100644 blob {blob}\ta\nb")]
    [InlineData("two names that some systems take for one", "100644 blob {blob}\tDAG.py")]
    [InlineData("a link out", "120000 blob {out}\tlink")]
    [InlineData("an absolute link", "120000 blob {absolute}\tlink")]
    [InlineData("no UTF-8", "100644 blob {blob}\t\u00ff")]
    [Trait("Threat", "T66")]
    [Trait("Threat", "T67")]
    [Trait("Threat", "T129")]
    public async Task RefusesAWholeVersionForOnePathAndKeepsTheLast(string name, string entry)
    {
        _stage.Push(_stage.File("dag.py", "good"));
        await _stage.LookAsync();
        var hostile = entry
            .Replace("{blob}", _stage.Blob("x"), StringComparison.Ordinal)
            .Replace("{tree}", _stage.Git("", "mktree", "-z"), StringComparison.Ordinal)
            .Replace("{out}", _stage.Blob("../../../.bascule/lock"), StringComparison.Ordinal)
            .Replace("{absolute}", _stage.Blob("/etc/passwd"), StringComparison.Ordinal);
        _stage.Push(Encoding.Latin1.GetBytes($"{_stage.File("dag.py", "bad")}\0{hostile}\0"));

        var looked = await _stage.LookAsync();

        looked.Problem!.Code.ShouldBe(ProblemCode.Invalid, name);
        _stage.Read("dag.py").ShouldBe("good");
        _stage.Versions.Length.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T70")]
    [Trait("Threat", "T129")]
    public async Task RefusesWhatIsTooMuch()
    {
        _stage.Options = _stage.Options with { MaxFileBytes = 10, MaxVersionBytes = 15 };
        _stage.Push(_stage.File("a", "0123456789"));
        (await _stage.LookAsync()).Problem.ShouldBeNull();

        _stage.Push(_stage.File("a", "0123456789x"));
        (await _stage.LookAsync()).Problem!.IsExceeded.ShouldBeTrue();
        _stage.Push(_stage.File("a", "0123456789"), _stage.File("b", "012345"));
        (await _stage.LookAsync()).Problem!.IsExceeded.ShouldBeTrue();

        _stage.Read("a").ShouldBe("0123456789");
        _stage.Versions.Length.ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T68")]
    public async Task WritesBytesAsTheyAreWhateverTheRepositorySays()
    {
        _stage.Push(
            _stage.File(".gitattributes", "* text eol=crlf ident filter=evil\nsecret.py export-ignore\n"),
            _stage.File("dag.py", "$Id$\nline\n"),
            _stage.File("secret.py", "x")
        );

        (await _stage.LookAsync()).Problem.ShouldBeNull();

        _stage.Read("dag.py").ShouldBe("$Id$\nline\n");
        _stage.Read("secret.py").ShouldBe("x");
    }

    [Fact]
    public async Task KeepsAsManyVersionsAsItIsToldAndTheCurrentOneAlways()
    {
        _stage.Options = _stage.Options with { Keep = 2 };
        var first = _stage.Push(_stage.File("dag.py", "1"));
        await _stage.LookAsync();
        var second = _stage.Push(_stage.File("dag.py", "2"));
        await _stage.LookAsync();
        _stage.Rewind(first);
        await _stage.LookAsync();
        var third = _stage.Push(_stage.File("dag.py", "3"));

        await _stage.LookAsync();

        _stage.Versions.Order().ShouldBe(new[] { $"{first}", $"{third}" }.Order());
        _stage.Versions.ShouldNotContain($"{second}");
    }

    [Fact]
    [Trait("Threat", "T77")]
    public async Task TakesAwayWhatAKilledOneLeft()
    {
        var commit = _stage.Push(_stage.File("dag.py", "1"));
        await _stage.LookAsync();
        _stage.Stop();
        var part = Directory.CreateDirectory(Path.Combine(_stage.Into, "versions", ".part-x"));
        await File.WriteAllTextAsync(Path.Combine(part.FullName, "half.py"), "ha");
        File.CreateSymbolicLink(Path.Combine(_stage.Into, ".bascule", "next"), "versions/nothing");
        _stage.Push(_stage.File("dag.py", "2"));

        (await _stage.LookAsync()).Value!.Previous.ShouldBe(commit);

        _stage.Read("dag.py").ShouldBe("2");
        _stage.Versions.ShouldNotContain(".part-x");
        Directory.GetDirectories(Path.Combine(_stage.Into, ".bascule", "repository")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task WritesAVersionAnewThatSomebodyTookAway()
    {
        var commit = _stage.Push(_stage.File("dag.py", "1"));
        await _stage.LookAsync();
        Directory.Delete(Path.Combine(_stage.Into, "versions", commit.ToString()), recursive: true);

        (await _stage.LookAsync()).Value!.Commit.ShouldBe(commit);

        _stage.Read("dag.py").ShouldBe("1");
    }

    private UnixFileMode ModeOf(string name) => File.GetUnixFileMode(Path.Combine(_stage.Current, name));
}
