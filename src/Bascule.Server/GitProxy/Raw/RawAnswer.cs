using Bascule.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Bascule.Server.GitProxy.Raw;

/// <summary>How a raw file is answered: as bytes that no browser runs, for one holder, to be asked about again each time (THREATS T124).</summary>
internal static class RawAnswer
{
    /// <summary>How much of a file says whether it is text.</summary>
    public const int Telling = 8 * 1024;

    /// <summary>The same for a repository, a ref, a commit and a file, whether it is not there or not for this token (THREATS T59).</summary>
    public static readonly Problem NotHere = Problem.NotFound(
        "no such file here, or not for this token; the address is URL/raw/FORGE/OWNER/NAME/REF/PATH, where REF is HEAD, a full name as refs/heads/main, or a full commit id"
    );

    public static string Tag(string blob) => $"\"{blob}\"";

    /// <summary>What every answer about a file says, a 304 too (RFC 9110 section 15.4.5).</summary>
    public static void Describe(HttpResponse response, RawFile file)
    {
        response.Headers.ETag = Tag(file.Blob);
        response.Headers["Bascule-Commit"] = file.Place.Commit.ToString();
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Vary = HeaderNames.Authorization;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>Text or bytes: never a type that something would interpret.</summary>
    /// <param name="start">The first bytes of the file.</param>
    public static string TypeOf(ReadOnlySpan<byte> start) =>
        IsText(start[..Math.Min(start.Length, Telling)]) ? "text/plain; charset=utf-8" : "application/octet-stream";

    /// <summary>Whether the client has it already: RFC 9110 section 13.1.2, weak comparison.</summary>
    public static bool IsKnown(HttpRequest request, string blob)
    {
        var known = request.GetTypedHeaders().IfNoneMatch;
        var tag = new EntityTagHeaderValue(Tag(blob));
        return known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false));
    }

    /// <summary>One range of bytes; null for the whole, and for whatever else is asked for (RFC 9110 section 14.2 lets it be ignored).</summary>
    public static (long From, long Length)? RangeOf(HttpRequest request, string blob, long size)
    {
        var headers = request.GetTypedHeaders();
        if (!HttpMethods.IsGet(request.Method) || headers.Range is not { Unit.Value: "bytes", Ranges.Count: 1 } asked)
            return null;
        var isOfThis =
            headers.IfRange is not { } condition
            || (
                condition.EntityTag is { } tag
                && tag.Compare(new EntityTagHeaderValue(Tag(blob)), useStrongComparison: true)
            );
        var range = asked.Ranges.Single();
        var from = range.From ?? Math.Max(0, size - (range.To ?? 0));
        var to = range.From is null ? size - 1 : Math.Min(range.To ?? size - 1, size - 1);
        return isOfThis && from <= to ? (from, to - from + 1) : null;
    }

    /// <summary>UTF-8 without NUL; a character that is cut off at the end counts as whole.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0))
            return false;
        while (!bytes.IsEmpty)
        {
            var status = System.Text.Rune.DecodeFromUtf8(bytes, out _, out var consumed);
            if (status != System.Buffers.OperationStatus.Done)
                return status == System.Buffers.OperationStatus.NeedMoreData;
            bytes = bytes[consumed..];
        }
        return true;
    }
}
