using Bascule.Cli.Features.Dags;
using Bascule.Core;

namespace Bascule.EndToEnd.Dags;

public sealed class DagsFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-dags-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void IsForOneFollowerAtATime()
    {
        using (DagsFolder.Open(_folder).Value)
            DagsFolder.Open(_folder).Problem!.Code.ShouldBe(ProblemCode.Conflict);

        using var next = DagsFolder.Open(_folder).Value;
        next.Current.ShouldBeNull();
    }

    [Theory]
    [InlineData("versions")]
    [InlineData("current")]
    public void TouchesNothingThatIsSomebodyElses(string name)
    {
        Directory.CreateDirectory(Path.Combine(_folder, name, ".part-theirs"));

        DagsFolder.Open(_folder).Problem!.Message.ShouldContain("is there");

        Directory.Exists(Path.Combine(_folder, name, ".part-theirs")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("versions")]
    [InlineData(".bascule")]
    public void GoesThroughNoLinkInThePlaceOfAFolder(string name)
    {
        DagsFolder.Open(_folder).Value.Dispose();
        Directory.Delete(Path.Combine(_folder, name), recursive: true);
        Directory.CreateDirectory(Path.Combine(_folder, ".bascule"));
        if (name == ".bascule")
            Directory.Delete(Path.Combine(_folder, name));
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "elsewhere", ".part-theirs"));
        File.CreateSymbolicLink(Path.Combine(_folder, name), "elsewhere");

        DagsFolder.Open(_folder).Problem!.Message.ShouldContain("symbolic link");

        elsewhere.Exists.ShouldBeTrue();
    }

    [Fact]
    public void ReplacesNoCurrentThatIsNoLink()
    {
        DagsFolder.Open(_folder).Value.Dispose();
        Directory.CreateDirectory(Path.Combine(_folder, "current"));

        DagsFolder.Open(_folder).Problem!.Message.ShouldContain("no symbolic link");
    }

    [Fact]
    public void KeepsItsOwnFilesFromOthers()
    {
        DagsFolder.Open(_folder).Value.Dispose();

        File.GetUnixFileMode(Path.Combine(_folder, ".bascule"))
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
