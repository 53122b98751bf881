using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Azure.MachineLearning.Storage;

/// <summary>Put Blob, Put Block and Put Block List, as Azure Storage's documentation has them. Bodies go into files as they come.</summary>
internal sealed class BlobUploads(BlobStore store, TimeProvider time)
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>Since version 2019-12-12.</summary>
    public const long LargestBlob = 5000 * Mebibyte;

    private const long LargestBlock = 4000 * Mebibyte;
    private const int LongestBlockId = 64;
    private const int MostBlocks = 50_000;

    public static BlobReply Exists() =>
        BlobReply.Refuse(409, "BlobAlreadyExists", "The specified blob already exists.");

    public async Task<BlobReply> PutAsync(
        HttpRequest request,
        string container,
        string blob,
        CancellationToken cancellationToken
    )
    {
        var part = request.Query["comp"].ToString();
        if (part is not ("" or "block" or "blocklist"))
            return BlobReply.Invalid("InvalidQueryParameterValue", "The simulator does not know this value of comp.");
        if (part.Length == 0 && request.Headers["x-ms-blob-type"].Count == 0)
            return BlobReply.MissingHeader("x-ms-blob-type");
        if (part.Length == 0 && request.Headers["x-ms-blob-type"] != "BlockBlob")
            return BlobReply.Invalid("InvalidHeaderValue", "The simulator knows block blobs alone.");
        if (request.Headers.IfMatch.Count > 0 || request.Headers.IfNoneMatch.ToString() is not ("" or "*"))
            return BlobReply.Invalid("InvalidHeaderValue", "The simulator knows the condition If-None-Match: * alone.");
        if (request.ContentLength is not { } length)
            return BlobReply.Refuse(411, "MissingContentLengthHeader", "The Content-Length header was not specified.");
        if (length > (part == "block" ? LargestBlock : LargestBlob))
            return BlobReply.Refuse(
                413,
                "RequestBodyTooLarge",
                "The size of the request body exceeds the maximum size permitted."
            );
        return await TakeAsync(request, container, blob, part, cancellationToken);
    }

    private async Task<BlobReply> TakeAsync(
        HttpRequest request,
        string container,
        string blob,
        string part,
        CancellationToken cancellationToken
    )
    {
        var file = store.NewFile();
        var digest = await SaveAsync(request.Body, file, cancellationToken);
        if (request.Headers.ContentMD5 is [{ } sent] && sent != digest)
            return BlobReply.Invalid(
                "Md5Mismatch",
                "The MD5 value specified in the request did not match the MD5 value calculated by the server."
            );
        return store.Locked(() =>
            part switch
            {
                "block" => Stage(container, blob, request.Query["blockid"].ToString(), file),
                _ when request.Headers.IfNoneMatch == "*" && store.Find(container, blob) is not null => Exists(),
                "blocklist" => Commit(container, blob, file),
                _ => Put(container, blob, file, digest),
            }
        );
    }

    // MD5 is what the service's header Content-MD5 holds.
#pragma warning disable CA5351
    private static async Task<string> SaveAsync(Stream body, string path, CancellationToken cancellationToken)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        await using var file = File.Create(path);
        var chunk = new byte[64 * 1024];
        for (int read; (read = await body.ReadAsync(chunk, cancellationToken)) > 0; )
        {
            md5.AppendData(chunk, 0, read);
            await file.WriteAsync(chunk.AsMemory(0, read), cancellationToken);
        }
        return Convert.ToBase64String(md5.GetHashAndReset());
    }
#pragma warning restore CA5351

    private BlobReply Put(string container, string blob, string file, string digest)
    {
        store.Put(container, blob, file);
        return Created(digest);
    }

    private BlobReply Stage(string container, string blob, string id, string file)
    {
        var decoded = new byte[LongestBlockId];
        var blocks = store.Blocks(container, blob);
        if (id.Length == 0 || !Convert.TryFromBase64String(id, decoded, out _))
            return BlobReply.Invalid("InvalidQueryParameterValue", "blockid is no Base64 text of at most 64 bytes.");
        if (blocks.Keys.FirstOrDefault() is { } other && other.Length != id.Length)
            return BlobReply.Invalid("InvalidBlobOrBlock", "The specified blob or block content is invalid.");
        blocks[id] = file;
        return new(201);
    }

    private BlobReply Commit(string container, string blob, string list)
    {
        if (Ids(list) is not { } ids || ids.Count > MostBlocks)
            return BlobReply.Invalid("InvalidXmlDocument", "The specified XML is not syntactically valid.");
        var blocks = store.Blocks(container, blob);
        if (!ids.TrueForAll(blocks.ContainsKey))
            return BlobReply.Invalid("InvalidBlockList", "The specified block list is invalid.");
        var whole = store.NewFile();
        using (var target = File.Create(whole))
            foreach (var id in ids)
            {
                using var block = File.OpenRead(blocks[id]);
                block.CopyTo(target);
            }
        store.Put(container, blob, whole);
        return Created(null);
    }

    /// <summary>Blocks that are committed already cannot be named again: the simulator forgets them.</summary>
    private static List<string>? Ids(string list)
    {
        try
        {
            using var reader = XmlReader.Create(
                list,
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }
            );
            var root = XDocument.Load(reader).Root!;
            return root.Name == "BlockList" && root.Elements().All(e => e.Name.LocalName is "Latest" or "Uncommitted")
                ? [.. root.Elements().Select(e => e.Value.Trim())]
                : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private BlobReply Created(string? digest)
    {
        var reply = new BlobReply(201)
        {
            Headers =
            {
                ["ETag"] = $"\"0x{Guid.NewGuid().ToString("N")[..15].ToUpperInvariant()}\"",
                ["Last-Modified"] = time.GetUtcNow().ToString("r"),
                ["x-ms-request-server-encrypted"] = "true",
            },
        };
        if (digest is not null)
            reply.Headers["Content-MD5"] = digest;
        return reply;
    }
}
