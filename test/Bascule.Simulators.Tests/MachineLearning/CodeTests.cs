namespace Bascule.Simulators.Tests.MachineLearning;

/// <summary>Code: from the begun upload to the version.</summary>
public sealed class CodeTests
{
    [Fact]
    public async Task ATreeBecomesAVersion()
    {
        await using var bench = await AmlBench.StartAsync();
        var upload = await bench.BeginAsync("abc");
        await bench.BlobAsync("PUT", upload.Blob("src/train.py"), "print(1)");
        await bench.BlobAsync("PUT", upload.Blob("src/data/a%20b.csv"), "a,b");
        await bench.BlobAsync("PUT", upload.Blob("other/x"), "no");

        var made = await bench.PutAsync("codes/tree/versions/abc", new { codeUri = upload.BlobUri + "/src/" });
        var files = bench.Simulator.FilesOf("tree", "abc");

        (made.Status, (string?)made.Json["id"]).ShouldBe((201, bench.Id("codes/tree/versions/abc")));
        made.Property("provisioningState").ShouldBe("Succeeded");
        files.Keys.ShouldBe(["train.py", "data/a b.csv"], ignoreOrder: true);
        (await bench.GetAsync("codes/tree/versions/abc")).Property("codeUri").ShouldBe(upload.BlobUri + "/src/");
        (await bench.GetAsync("codes/tree/versions/other")).Status.ShouldBe(404);
        (await bench.GetAsync("codes/Tree/versions/abc")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task WhoeverBeginsAnUploadAgainIsSentToTheSamePlace()
    {
        await using var bench = await AmlBench.StartAsync();

        var (first, again, other) = (await bench.BeginAsync(), await bench.BeginAsync(), await bench.BeginAsync("2"));

        (again.Id, again.BlobUri).ShouldBe((first.Id, first.BlobUri));
        other.BlobUri.ShouldNotBe(first.BlobUri);
        (await BeginAsync(new { pendingUploadId = first.Id })).Status.ShouldBe(200);
        (await BeginAsync(new { pendingUploadId = "mine" })).Status.ShouldBe(409);
        (await BeginAsync(new { pendingUploadType = "None" })).Status.ShouldBe(400);
        (await BeginAsync(new { kind = "x" })).Status.ShouldBe(400);
        (await bench.PostAsync("codes/-/versions/1/startPendingUpload", new { })).Status.ShouldBe(400);

        Task<ApiManagement.ApimAnswer> BeginAsync(object body) =>
            bench.PostAsync("codes/tree/versions/1/startPendingUpload", body);
    }

    [Fact]
    public async Task CodeLiesInAContainerThatAnUploadWasBegunFor()
    {
        await using var bench = await AmlBench.StartAsync();
        var upload = await bench.BeginAsync();

        (await CodeAsync("https://elsewhere.example.com/x/src")).Target().ShouldBe("properties.codeUri");
        (await CodeAsync(new Uri(bench.Simulator.BlobUrl, "none/src").AbsoluteUri)).Status.ShouldBe(400);
        (await CodeAsync(upload.BlobUri + "/src")).Message.ShouldContain("nothing");
        (await bench.PutAsync("codes/tree/versions/1", new { isAnonymous = true })).Status.ShouldBe(400);
        await bench.BlobAsync("PUT", upload.Blob("src/a"), "a");
        (await CodeAsync(upload.Blob("src"))).Status.ShouldBe(400);
        (await CodeAsync(upload.BlobUri + "/sr")).Status.ShouldBe(400);
        (await CodeAsync(upload.BlobUri + "/src")).Status.ShouldBe(201);

        Task<ApiManagement.ApimAnswer> CodeAsync(string codeUri) =>
            bench.PutAsync("codes/tree/versions/1", new { codeUri });
    }

    [Fact]
    public async Task AVersionStaysWithItsTree()
    {
        await using var bench = await AmlBench.StartAsync();
        await bench.CodeAsync();
        var other = await bench.BeginAsync("2");
        await bench.BlobAsync("PUT", other.Blob("src/a"), "a");
        var kept = (await bench.GetAsync("codes/tree/versions/1")).Property("codeUri");

        var same = await bench.PutAsync("codes/tree/versions/1", new { codeUri = kept, tags = new { a = "b" } });
        var moved = await bench.PutAsync("codes/tree/versions/1", new { codeUri = other.BlobUri + "/src" });
        var hidden = await bench.PutAsync("codes/tree/versions/1", new { isAnonymous = true });

        same.Status.ShouldBe(200);
        (moved.Status, moved.Code).ShouldBe((409, "Conflict"));
        hidden.Status.ShouldBe(409);
        (await bench.PutAsync("codes/tree/versions/1", new { description = "d" })).Property("codeUri").ShouldBe(kept);
    }

    [Fact]
    public async Task AnEqualTreeIsFoundByItsHash()
    {
        await using var bench = await AmlBench.StartAsync();
        var upload = await bench.BeginAsync();
        await bench.BlobAsync("PUT", upload.Blob("src/a"), "a");
        var properties = new { hash_sha256 = "h1", hash_version = "1" };
        await bench.PutAsync("codes/tree/versions/1", new { codeUri = upload.BlobUri + "/src", properties });

        (await bench.GetAsync("codes/any/versions", "&hash=h1&hashVersion=1")).Names.ShouldBe(["1"]);
        (await bench.GetAsync("codes/any/versions", "&hash=h1&hashVersion=2")).Names.ShouldBeEmpty();
        (await bench.GetAsync("codes/any/versions", "&hash=h2")).Names.ShouldBeEmpty();
        (await bench.GetAsync("codes/any/versions")).Status.ShouldBe(404);
        (await bench.GetAsync("codes/tree/versions")).Names.ShouldBe(["1"]);
    }
}
