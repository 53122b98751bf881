using System.Text;
using Bascule.Simulators.Azure.Resources;
using Bascule.Simulators.Databricks;
using Bascule.Simulators.Databricks.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bascule.Simulators.Azure.MachineLearning.Storage;

/// <summary>Every request to the blob service: spoiled when a fault waits for it, otherwise let in or not, answered and written down without its signature.</summary>
internal sealed class BlobServer(
    BlobUploads uploads,
    BlobStore store,
    SharedAccess access,
    ArmTraffic traffic,
    WriteFailures failures,
    Faults faults
)
{
    public const string Version = "x-ms-version";

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        context.Response.Headers["X-Simulator"] = "bascule-azure-blobs";
        var fault = faults.Take(request.Method, request.Path.Value ?? "/", fromJob: false);
        if (fault is not null && await ReplyWriter.SpoilAsync(context, fault))
            return;
        var failure = request.Method == HttpMethods.Put ? failures.Take() : null;
        if (failure == WriteFailure.LostBefore)
        {
            context.Abort();
            return;
        }
        var refusal = failure == WriteFailure.InternalAfter ? null : Answer(failure);
        var reply = refusal ?? await AnswerAsync(request, context.RequestAborted);
        Sign(reply, request);
        Record(context, reply);
        if (failure == WriteFailure.LostAfter || fault?.Kind == FaultKind.AbortAfter)
            context.Abort();
        else
            await WriteAsync(context, failure == WriteFailure.InternalAfter ? Answer(failure)! : reply);
    }

    private async Task<BlobReply> AnswerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Headers[Version].Count == 0)
            return BlobReply.MissingHeader(Version);
        if (Address(request) is not var (container, blob) || blob.Length is 0 or > 1024)
            return BlobReply.Invalid("InvalidUri", "The requested URI does not represent any resource on the server.");
        var isRead = request.Method is "GET" or "HEAD";
        if (
            access.Refuse(request.Query, container, blob, isRead ? SharedAccess.Read : SharedAccess.Upload) is
            { } refused
        )
            return refused;
        if (isRead)
            return store.Find(container, blob) is { } file
                ? new BlobReply(200, file)
                : BlobReply.Refuse(404, "BlobNotFound", "The specified blob does not exist.");
        return request.Method == HttpMethods.Put
            ? await uploads.PutAsync(request, container, blob, cancellationToken)
            : BlobReply.Refuse(405, "UnsupportedHttpVerb", "The resource doesn't support the specified HTTP verb.");
    }

    private static (string Container, string Blob)? Address(HttpRequest request)
    {
        var raw = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        return raw.Split('/', 3) is ["", { Length: > 0 } container, var blob]
            ? (container, Uri.UnescapeDataString(blob))
            : null;
    }

    /// <summary>Failures in the words of the blob service; a conflict is that of an upload at the same time.</summary>
    private static BlobReply? Answer(WriteFailure? failure) =>
        failure switch
        {
            WriteFailure.Conflict => BlobUploads.Exists(),
            WriteFailure.PreconditionFailed => BlobReply.Refuse(
                412,
                "ConditionNotMet",
                "The condition specified using HTTP conditional header(s) is not met."
            ),
            WriteFailure.TooMany or WriteFailure.Unavailable => BlobReply.Refuse(
                503,
                "ServerBusy",
                "The server is currently unable to receive requests. Please retry your request."
            ),
            WriteFailure.Internal or WriteFailure.InternalAfter => BlobReply.Refuse(
                500,
                "InternalError",
                "The server encountered an internal error. Please retry the request."
            ),
            _ => null,
        };

    private static void Sign(BlobReply reply, HttpRequest request)
    {
        reply.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        if (request.Headers[Version].Count > 0)
            reply.Headers[Version] = request.Headers[Version].ToString();
    }

    private void Record(HttpContext context, BlobReply reply)
    {
        var request = context.Request;
        var query = request.Query.Where(q => q.Key != "sig").Select(q => $"{q.Key}={q.Value}");
        traffic.Record(
            new(
                request.Method,
                context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0],
                "?" + string.Join('&', query),
                request.ContentType,
                request.Headers.IfMatch,
                null,
                "",
                reply.Status,
                reply.Headers,
                reply.Xml
            )
        );
    }

    private static async Task WriteAsync(HttpContext context, BlobReply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            response.Headers[name] = value;
        if (reply.File is { } path)
        {
            response.ContentType = "application/octet-stream";
            response.Headers["x-ms-blob-type"] = "BlockBlob";
            await using var file = File.OpenRead(path);
            response.ContentLength = file.Length;
            if (context.Request.Method == HttpMethods.Get)
                await file.CopyToAsync(response.Body, context.RequestAborted);
        }
        else if (reply.Xml.Length > 0 && context.Request.Method != HttpMethods.Head)
        {
            response.ContentType = "application/xml";
            response.ContentLength = Encoding.UTF8.GetByteCount(reply.Xml);
            await response.WriteAsync(reply.Xml, context.RequestAborted);
        }
    }
}
