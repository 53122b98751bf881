using System.Text;
using Bascule.Core;
using Bascule.Server.Audit;

namespace Bascule.Server.Tests.Audit;

[Trait("Threat", "T116")]
public sealed class AuditSpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-spool-").FullName;

    private string File => Path.Combine(_folder, AuditSpool.FileName);

    private AuditSpool Spool => new(File);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void EntriesWaitInTheirOrderUntilEachIsRemoved()
    {
        Add("one");
        Add("two");
        Texts().ShouldBe(["one", "two"]);

        Spool.Remove(Spool.ReadWaiting()[0]).Problem.ShouldBeNull();
        Texts().ShouldBe(["two"]);

        Spool.Remove(Spool.ReadWaiting()[0]).Problem.ShouldBeNull();
        Texts().ShouldBeEmpty();
        Add("three");
        Spool.ReadWaiting().ShouldHaveSingleItem().Place.ShouldBe(0);
    }

    [Fact]
    public void ItsRoomIsTakenAtTheStartAndItIsItsOwnersAlone()
    {
        Spool.Prepare().Problem.ShouldBeNull();
        new FileInfo(File).Length.ShouldBe(AuditSpool.MaxBytes);
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Add("one");
        new FileInfo(File).Length.ShouldBe(AuditSpool.MaxBytes);
    }

    [Fact]
    public void AFileThatOthersMayReadBecomesItsOwnersAlone()
    {
        System.IO.File.WriteAllText(File, "");
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Add("one");

        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Pages of a line that was cut off may have come to the disk in any order.</summary>
    [Fact]
    public void NothingOfALineThatACrashCutOffStaysBehindTheNext()
    {
        System.IO.File.WriteAllText(File, "+one\n\0\0\0\0\0+ghost\n");

        Add("two");

        Texts().ShouldBe(["one", "two"]);
    }

    [Fact]
    public void BeyondItsBytesItRefuses()
    {
        var large = new string('x', 65_000);
        var taken = Enumerable.Range(0, 20).Count(_ => TryAdd(large) is null);

        taken.ShouldBe(AuditSpool.MaxBytes / 65_002);
        var refused = TryAdd(large).ShouldNotBeNull();
        refused.Code.ShouldBe(ProblemCode.Unavailable);
        refused.Message.ShouldContain("is full: 16 entries wait");
        Texts().Count.ShouldBe(taken);
    }

    [Fact]
    public void BeyondItsNumberOfEntriesItRefuses()
    {
        var lines = string.Concat(Enumerable.Repeat("+{}\n", AuditSpool.MaxEntries - 1));
        System.IO.File.WriteAllText(File, lines);

        TryAdd("{}").ShouldBeNull();
        TryAdd("{}").ShouldNotBeNull().Code.ShouldBe(ProblemCode.Unavailable);
        Texts().Count.ShouldBe(AuditSpool.MaxEntries);
    }

    [Fact]
    public void ALineThatACrashCutOffWasNeverThere()
    {
        Add("one");
        var content = System.IO.File.ReadAllBytes(File);
        "+{\"half\":"u8.CopyTo(content.AsSpan("+one\n".Length));
        "rest\n"u8.CopyTo(content.AsSpan(600));
        System.IO.File.WriteAllBytes(File, content);

        Texts().ShouldBe(["one"]);
        Add("2");
        Texts().ShouldBe(["one", "2"]);
    }

    [Fact]
    public void WhereItCannotBeWrittenNothingIsTaken()
    {
        var spool = new AuditSpool(Path.Combine(_folder, "missing", "audit.spool"));

        spool.Append("x"u8.ToArray()).Problem!.Code.ShouldBe(ProblemCode.Unavailable);
        spool.ReadWaiting().ShouldBeEmpty();
    }

    private Problem? TryAdd(string text) => Spool.Append(Encoding.UTF8.GetBytes(text)).Problem;

    private void Add(string text) => TryAdd(text).ShouldBeNull();

    private List<string> Texts() =>
        [.. Spool.ReadWaiting().Select(spooled => Encoding.UTF8.GetString(spooled.Entry.Span))];
}
