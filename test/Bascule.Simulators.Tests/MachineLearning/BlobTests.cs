using System.Security.Cryptography;
using System.Text;

namespace Bascule.Simulators.Tests.MachineLearning;

/// <summary>The storage account: signatures, headers, blobs whole and in blocks.</summary>
public sealed class BlobTests : IAsyncLifetime
{
    private AmlBench _bench = null!;
    private Upload _upload = null!;

    public async Task InitializeAsync()
    {
        _bench = await AmlBench.StartAsync();
        _upload = await _bench.BeginAsync();
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task ABlobIsPut()
    {
        var put = await _bench.BlobAsync("PUT", _upload.Blob("a"), "text");

        put.Status.ShouldBe(201, put.Text);
        put.Headers["Content-MD5"].ShouldBe(Md5("text"));
        put.Headers.ContainsKey("ETag").ShouldBeTrue();
        (await _bench.BlobAsync("PUT", _upload.Blob("a"), "other")).Status.ShouldBe(201);
        _bench.Simulator.BlobExchanges.ShouldAllBe(e => !e.Query.Contains("sig="));
    }

    [Fact]
    public async Task WhatExistsIsNotPutAgainByWhoeverWantsItNew()
    {
        var first = await _bench.BlobAsync("PUT", _upload.Blob("a"), "1", ("If-None-Match", "*"));
        var again = await _bench.BlobAsync("PUT", _upload.Blob("a"), "2", ("If-None-Match", "*"));

        first.Status.ShouldBe(201);
        (again.Status, again.Headers["x-ms-error-code"]).ShouldBe((409, "BlobAlreadyExists"));
        again.Text.ShouldContain("<Code>BlobAlreadyExists</Code>");
        (await TryAsync("a", ("If-None-Match", "\"etag\""))).ShouldBe((400, "InvalidHeaderValue"));
    }

    [Fact]
    public async Task HeadersAreChecked()
    {
        (await TryAsync("a", ("x-ms-version", null))).ShouldBe((400, "MissingRequiredHeader"));
        (await TryAsync("a", ("x-ms-blob-type", null))).ShouldBe((400, "MissingRequiredHeader"));
        (await TryAsync("a", ("x-ms-blob-type", "PageBlob"))).ShouldBe((400, "InvalidHeaderValue"));
        (await TryAsync("a", ("Content-MD5", Md5("other")))).ShouldBe((400, "Md5Mismatch"));
        (await TryAsync("a", ("Content-MD5", Md5("text")))).ShouldBe((201, null));
        (await TryAsync(new string('n', 1025))).ShouldBe((400, "InvalidUri"));
    }

    [Fact]
    public async Task TheLengthIsSaidAndNotTooGreat()
    {
        using var content = new StreamContent(new Endless());
        using var chunked = NewPut(content);
        chunked.Headers.TransferEncodingChunked = true;
        using var huge = NewPut(new ByteArrayContent([]));
        huge.Content!.Headers.ContentLength = 5000L * 1024 * 1024 + 1;
        huge.Headers.ExpectContinue = true;

        (await CodeAsync(chunked)).ShouldBe((411, "MissingContentLengthHeader"));
        (await CodeAsync(huge)).ShouldBe((413, "RequestBodyTooLarge"));
    }

    [Fact]
    public async Task ASignatureLetsDoWhatItSaysAndNoMore()
    {
        var other = await _bench.BeginAsync("2");
        var address = _upload.Blob("a");

        (await CodeAsync("PUT", address[..address.IndexOf('?')])).ShouldBe((401, "NoAuthenticationInformation"));
        (await CodeAsync("PUT", address.Replace("sp=cw", "sp=rcw"))).ShouldBe((403, "AuthenticationFailed"));
        (await CodeAsync("PUT", address.Replace("sr=c", "sr=b"))).ShouldBe((403, "AuthenticationFailed"));
        (await CodeAsync("PUT", other.Blob("a").Replace(other.BlobUri, _upload.BlobUri))).ShouldBe(
            (403, "AuthenticationFailed")
        );
        (await CodeAsync("PUT", address)).ShouldBe((201, null));
        (await CodeAsync("GET", address)).ShouldBe((403, "AuthorizationPermissionMismatch"));
        (await CodeAsync("DELETE", address)).ShouldBe((405, "UnsupportedHttpVerb"));
        _bench.Clock.Advance(3601);
        (await CodeAsync("PUT", address)).ShouldBe((403, "AuthenticationFailed"));
        _bench.Token = _bench.Simulator.Directory.Issue(_bench.Simulator.Application);
        (await CodeAsync("PUT", (await _bench.BeginAsync()).Blob("a"))).ShouldBe((201, null));
        _bench.Simulator.Issued.ShouldContain(Uri.UnescapeDataString(_upload.SasUri.Split("sig=")[1]));
    }

    [Fact]
    public async Task BlocksBecomeABlobInTheOrderOfTheList()
    {
        var (one, two) = (Id("one"), Id("two"));
        await StageAsync("src/big", one, "first,");
        await StageAsync("src/big", two, "second");
        (await CommitAsync("src/big", two, one)).ShouldBe((201, null));
        await _bench.PutAsync("codes/tree/versions/1", new { codeUri = _upload.BlobUri + "/src" });

        Encoding.UTF8.GetString(_bench.Simulator.FilesOf("tree", "1")["big"]).ShouldBe("secondfirst,");
        (await CommitAsync("src/big", one)).ShouldBe((400, "InvalidBlockList"));
    }

    [Fact]
    public async Task BlocksAreCheckedOneByOneAndTogether()
    {
        (await StageAsync("b", Id("one"), "1")).ShouldBe((201, null));
        (await StageAsync("b", Id("three"), "1")).ShouldBe((400, "InvalidBlobOrBlock"));
        (await StageAsync("b", "!", "1")).ShouldBe((400, "InvalidQueryParameterValue"));
        (await StageAsync("b", "", "1")).ShouldBe((400, "InvalidQueryParameterValue"));
        (await CommitAsync("b", Id("two"))).ShouldBe((400, "InvalidBlockList"));
        (await CodeAsync("PUT", _upload.Blob("b", "comp=blocklist"), "<other/>")).ShouldBe((400, "InvalidXmlDocument"));
        (await CodeAsync("PUT", _upload.Blob("b", "comp=page"), "x")).ShouldBe((400, "InvalidQueryParameterValue"));
        (await CommitAsync("b", Id("one"))).ShouldBe((201, null));
        await StageAsync("b", Id("two"), "2");
        (await CodeAsync("PUT", _upload.Blob("b", "comp=blocklist"), List(Id("two")), ("If-None-Match", "*"))).ShouldBe(
            (409, "BlobAlreadyExists")
        );
    }

    private static string Id(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string List(params string[] ids) =>
        $"<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{string.Concat(ids.Select(id => $"<Latest>{id}</Latest>"))}</BlockList>";

    private Task<(int, string?)> StageAsync(string blob, string id, string content) =>
        CodeAsync("PUT", _upload.Blob(blob, $"comp=block&blockid={Uri.EscapeDataString(id)}"), content);

    private Task<(int, string?)> CommitAsync(string blob, params string[] ids) =>
        CodeAsync("PUT", _upload.Blob(blob, "comp=blocklist"), List(ids));

    private Task<(int Status, string? Code)> TryAsync(string blob, params (string, string?)[] headers) =>
        CodeAsync("PUT", _upload.Blob(blob), "text", headers);

    private async Task<(int Status, string? Code)> CodeAsync(
        string method,
        string address,
        string content = "text",
        params (string, string?)[] headers
    )
    {
        var answer = await _bench.BlobAsync(method, address, method == "PUT" ? content : null, headers);
        return (answer.Status, answer.Headers.GetValueOrDefault("x-ms-error-code"));
    }

    private async Task<(int Status, string? Code)> CodeAsync(HttpRequestMessage request)
    {
        using var answer = await _bench.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return ((int)answer.StatusCode, answer.Headers.GetValues("x-ms-error-code").Single());
    }

    private HttpRequestMessage NewPut(HttpContent content) =>
        new(HttpMethod.Put, _upload.Blob("a"))
        {
            Content = content,
            Headers = { { "x-ms-version", "2021-12-02" }, { "x-ms-blob-type", "BlockBlob" } },
        };

    // What the service's header Content-MD5 holds.
#pragma warning disable CA5351
    private static string Md5(string text) => Convert.ToBase64String(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    /// <summary>Has no length, and one byte.</summary>
    private sealed class Endless : MemoryStream
    {
        public Endless()
            : base([1]) { }

        public override bool CanSeek => false;
    }
}
