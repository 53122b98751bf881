using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Tests.Mirrors;

[Trait("Threat", "T70")]
public sealed class PackBombTests
{
    [Fact]
    public async Task StopsAPackThatIsTooLong()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxPackBytes = 100_000 });
        await world.Repository.CommitAsync(
            "big",
            ("a.bin", Convert.ToBase64String(RandomNumberGenerator.GetBytes(300_000)))
        );

        var fetched = await world.FetchAsync("refs/heads/big");

        fetched.Problem!.Code.ShouldBe(ProblemCode.Limited);
        fetched.Problem!.Message.ShouldContain("100000 bytes");
        await StaysUsableAsync(world);
    }

    [Fact]
    public async Task StopsAPackOfTooManyObjects()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxObjects = 100 });
        await world.Repository.CommitAsync(
            "big",
            [.. Enumerable.Range(0, 200).Select(i => ($"f{i}", (string?)$"{i}"))]
        );

        var fetched = await world.FetchAsync("refs/heads/big");

        fetched.Problem!.Message.ShouldContain("202 objects, more than 100");
        await StaysUsableAsync(world);
    }

    [Fact]
    public async Task StopsAnObjectThatInflatesBeyondMemory()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxObjectMemory = 16 << 20 });
        var empty = await world.Repository.TreeAsync();
        var head = $"tree {empty}\nauthor A <a@b.c> 1700000000 +0000\ncommitter A <a@b.c> 1700000000 +0000\n\n";
        var bomb = await world.Repository.WriteAsync(
            "commit",
            Encoding.ASCII.GetBytes(head + new string('a', 40 << 20))
        );
        await world.Repository.RunAsync("update-ref", "refs/heads/big", bomb);

        var fetched = await world.FetchAsync("refs/heads/big");

        fetched.Problem!.Code.ShouldBe(ProblemCode.Limited);
        fetched.Problem!.Message.ShouldContain("memory");
        await StaysUsableAsync(world);
    }

    [Fact]
    public async Task ReadsNoFileThatInflatesBeyondTheBound()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxBlobBytes = 1 << 20 });
        var commit = await world.Repository.CommitAsync(
            "main",
            ("d/bomb.txt", new string('a', 40 << 20)),
            ("a.txt", "one")
        );
        await world.FetchMainAsync();

        var tree = await world.Mirror.ReadTreeAsync(commit, "", default);
        var file = await world.Mirror.ReadFileAsync(commit, "d/bomb.txt", 1000, default);

        tree.Problem!.ShouldBe(Problem.Exceeded("'d/bomb.txt' has 41943040 bytes, more than 1048576"));
        file.Problem!.Code.ShouldBe(ProblemCode.Limited);
        (await world.Mirror.ReadFileAsync(commit, "a.txt", 1000, default)).Value.ShouldNotBeNull();
    }

    [Fact]
    public async Task ReadsNoTreeWhoseFilesTogetherExceedTheBound()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxTreeBytes = 10_000 });
        var files = Enumerable.Range(0, 20).Select(i => ($"f{i}", (string?)(i + new string('a', 1000)))).ToArray();
        var commit = await world.Repository.CommitAsync("main", files);
        var same = await world.Repository.CommitAsync(
            "same",
            [.. files.Select(file => (file.Item1, (string?)new string('b', 1000)))]
        );
        await world.FetchAsync("refs/heads/main", "refs/heads/same");

        (await world.Mirror.ReadTreeAsync(commit, "", default)).Problem!.Code.ShouldBe(ProblemCode.Limited);
        (await world.Mirror.ReadTreeAsync(same, "", default)).Problem!.Code.ShouldBe(
            ProblemCode.Limited,
            "one blob, many names"
        );
    }

    [Fact]
    public async Task StopsAtTheBoundOfDepth()
    {
        await using var world = await MirrorWorld.CreateAsync();
        var path = string.Join('/', Enumerable.Repeat("d", 100)) + "/a.txt";
        var first = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        var commit = await world.Repository.CommitAsync("main", (path, "deep"));
        await world.FetchMainAsync();

        (await world.Mirror.ReadTreeAsync(commit, "", default)).Problem!.Code.ShouldBe(ProblemCode.Limited);
        (await world.Mirror.ChangedPathsAsync(first, commit, default)).Problem!.Code.ShouldBe(ProblemCode.Limited);
        (await world.Mirror.ReadTreeAsync(first, "", default)).Value.Entries.ShouldHaveSingleItem();
    }

    /// <summary>12 levels of 10 times the same folder: 10^12 files out of 14 objects.</summary>
    [Fact]
    public async Task StopsAtTheBoundOfEntriesInATreeThatHoldsItselfManyTimes()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxTreeEntries = 50_000 });
        var first = await world.Repository.CommitAsync("first", ("a.txt", "one"));
        var commit = await SelfSimilarAsync(world.Repository, levels: 12);
        await world.FetchAsync("refs/heads/main", "refs/heads/first");

        (await world.Mirror.ReadTreeAsync(commit, "", default)).Problem!.Message.ShouldContain("50000");
        (await world.Mirror.ChangedPathsAsync(first, commit, default)).Problem!.Message.ShouldContain("50000");
        (await world.Mirror.ChangedPathsAsync(null, commit, default)).Problem!.Code.ShouldBe(ProblemCode.Limited);
    }

    [Fact]
    public async Task StopsAListingOfTooManyRefs()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxRefs = 100 });
        await ManyRefsAsync(world.Repository, 200);

        var listed = await world.Mirror.ListRemoteAsync(world.Access, default);

        listed.Problem!.Message.ShouldContain("more than 100 branches");
        await StaysUsableAsync(world);
    }

    [Fact]
    public async Task StopsAListingThatIsTooLong()
    {
        await using var world = await MirrorWorld.CreateAsync(options => options with { MaxListingBytes = 10_000 });
        await ManyRefsAsync(world.Repository, 400);

        var listed = await world.Mirror.ListRemoteAsync(world.Access, default);
        var fetched = await world.FetchAsync([.. Enumerable.Range(0, 200).Select(number => $"refs/heads/b{number}")]);

        listed.Problem!.Code.ShouldBe(ProblemCode.Limited);
        fetched.Problem!.Code.ShouldBe(ProblemCode.Limited, "also where git asks with a compressed body");
        await StaysUsableAsync(world);
    }

    [Fact]
    public async Task EndsAFetchThatTakesTooLong()
    {
        await using var world = await MirrorWorld.CreateAsync(options =>
            options with
            {
                // Long enough for an honest fetch on a busy machine.
                FetchTimeout = TimeSpan.FromSeconds(4),
            }
        );
        await world.Repository.CommitAsync("big", ("a.txt", new string('x', 5000)));
        world.Origin.StallAfter = 40;

        var fetched = await world.FetchAsync("refs/heads/big");

        fetched.Problem!.Message.ShouldContain("within 4 seconds");
        await Processes.WaitForNoneAsync(world.MirrorFolder);
        world.Origin.StallAfter = null;
        await StaysUsableAsync(world);
    }

    [Theory]
    [InlineData("in one piece", 1000)]
    [InlineData("byte by byte", 1)]
    public void CountsTheObjectsOfAPackHoweverItArrives(string what, int piece)
    {
        byte[] header = [.. "PACK"u8, 0, 0, 0, 2, 0, 1, 0, 0];
        byte[] split = [.. header.SelectMany(one => (byte[])[.. "0006"u8, 1, one])];
        byte[] whole = [.. "0011"u8, 1, .. header];
        byte[] start = [.. "0008NAK\n"u8, .. "000dpackfile\n"u8, .. "0007"u8, 2, .. "hi"u8];

        foreach (
            var answer in new[] { (byte[])[.. start, .. split], [.. start, .. whole], [.. "0008NAK\n"u8, .. header] }
        )
        {
            var count = new PackCount();
            foreach (var chunk in answer.Chunk(piece))
                count.Read(chunk);
            count.Objects.ShouldBe(65536, what);
        }
    }

    private static async Task StaysUsableAsync(MirrorWorld world)
    {
        var commit = await world.Repository.CommitAsync("main", ("a.txt", "one"));
        Directory.GetFiles(world.MirrorFolder, "tmp_*", SearchOption.AllDirectories).ShouldBeEmpty();
        (await world.FetchMainAsync()).ShouldBe(commit);
    }

    private static async Task ManyRefsAsync(OriginRepository repository, int count)
    {
        var commit = await repository.CommitAsync("first", ("a.txt", "one"));
        var updates = string.Concat(
            Enumerable.Range(0, count).Select(number => $"create refs/heads/b{number} {commit}\n")
        );
        await repository.RunAsync(Encoding.ASCII.GetBytes(updates), "update-ref", "--stdin");
    }

    private static async Task<CommitId> SelfSimilarAsync(OriginRepository repository, int levels)
    {
        var blob = await repository.WriteAsync("blob", "x"u8.ToArray());
        var tree = await repository.TreeAsync(("100644", "f"u8.ToArray(), blob));
        for (var level = 0; level < levels; level++)
        {
            var below = tree;
            tree = await repository.TreeAsync([.. "0123456789".Select(name => ("40000", new[] { (byte)name }, below))]);
        }
        return await repository.CommitTreeAsync("main", tree);
    }
}
