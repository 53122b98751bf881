using System.IO.Compression;
using System.Security.Authentication;
using Bascule.Connectors.Git;
using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Mirrors;

/// <summary>Sends one of git's requests on to the forge and its answer back, counting.</summary>
internal sealed class RelayForward(MirrorOptions options) : IDisposable
{
    /// <summary>What git asks with: wants and haves of 50 bytes each.</summary>
    public const int MaxRequestBytes = 16 << 20;

    private static ReadOnlySpan<byte> ListCommand => "command=ls-refs"u8;

    private static readonly string[] Passed = ["User-Agent", "Accept", "Git-Protocol"];
    private static readonly string[] PassedWithBody = ["Content-Type", "Content-Encoding"];
    private readonly ForgeChannels _channels = new(options);

    public void Dispose() => _channels.Dispose();

    public async Task SendAsync(HttpContext context, RelayTicket ticket, string route)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ticket.Stopped);
        stalled.CancelAfter(options.StallTimeout);
        try
        {
            var body = await ReadBodyAsync(context.Request, stalled.Token);
            using var request = Request(context.Request, ticket, route, body);
            using var answer = await _channels.SendAsync(request, ticket.Access, stalled.Token);
            if (RelayAnswer.Refuses(answer, ticket.Repository) is { } refusal)
                ticket.Refuse(refusal, $"HTTP {(int)answer.StatusCode}");
            else
                await CopyAsync(context, ticket, answer, body, stalled);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // git has ended: it says why
        }
        catch (OperationCanceledException)
        {
            ticket.Refuse(RelayAnswer.Unreachable(ticket.Repository), "nothing was received in time");
        }
        catch (Exception problem) when (IsOutside(problem))
        {
            ticket.Refuse(RelayAnswer.Unreachable(ticket.Repository), Describe(problem));
        }
        Close(context, ticket);
    }

    /// <summary>Git is told no more than that it failed: why is in the ticket.</summary>
    private static void Close(HttpContext context, RelayTicket ticket)
    {
        if (ticket.Refusal is null)
            return;
        if (context.Response.HasStarted)
            context.Abort();
        else
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
    }

    private async Task CopyAsync(
        HttpContext context,
        RelayTicket ticket,
        HttpResponseMessage answer,
        byte[] asked,
        CancellationTokenSource stalled
    )
    {
        context.Response.ContentType = answer.Content.Headers.ContentType!.ToString();
        var bound = IsListing(context.Request, asked) ? options.MaxListingBytes : options.MaxPackBytes;
        var pack = new PackCount();
        await using var stream = await answer.Content.ReadAsStreamAsync(stalled.Token);
        var chunk = new byte[64 * 1024];
        while (await stream.ReadAsync(chunk, stalled.Token) is > 0 and var count)
        {
            pack.Read(chunk.AsSpan(0, count));
            if (Exceeded(ticket, ticket.Count(count), bound, pack) is { } problem)
            {
                ticket.Exceed(problem);
                return;
            }
            stalled.CancelAfter(Timeout.InfiniteTimeSpan); // what follows is git's time, not the forge's
            await context.Response.Body.WriteAsync(chunk.AsMemory(0, count), stalled.Token);
            stalled.CancelAfter(options.StallTimeout);
        }
    }

    private Problem? Exceeded(RelayTicket ticket, long received, long bound, PackCount pack) =>
        received > bound
            ? Problem.Exceeded(
                $"'{ticket.Repository.AbsolutePath}' sends more than {bound} bytes; raise the mirrors' limit or make the repository smaller"
            )
        : pack.Objects > options.MaxObjects
            ? Problem.Exceeded(
                $"'{ticket.Repository.AbsolutePath}' sends {pack.Objects} objects, more than {options.MaxObjects}; raise the mirrors' limit"
            )
        : null;

    /// <summary>The first request is answered with refs in the old protocol; the new one asks for them by a command.</summary>
    private static bool IsListing(HttpRequest request, byte[] asked)
    {
        if (HttpMethods.IsGet(request.Method))
            return true;
        Span<byte> start = stackalloc byte[4 + ListCommand.Length];
        using var body = new MemoryStream(asked);
        using Stream plain =
            request.Headers.ContentEncoding == "gzip" ? new GZipStream(body, CompressionMode.Decompress) : body;
        return plain.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start[4..].SequenceEqual(ListCommand);
    }

    private static HttpRequestMessage Request(HttpRequest source, RelayTicket ticket, string route, byte[] body)
    {
        var request = new HttpRequestMessage(new HttpMethod(source.Method), ForgeUrl.Append(ticket.Repository, route));
        foreach (var name in Passed.Where(source.Headers.ContainsKey))
            request.Headers.TryAddWithoutValidation(name, source.Headers[name].ToString());
        if (!HttpMethods.IsPost(source.Method))
            return request;
        request.Content = new ByteArrayContent(body);
        foreach (var name in PassedWithBody.Where(source.Headers.ContainsKey))
            request.Content.Headers.TryAddWithoutValidation(name, source.Headers[name].ToString());
        return request;
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    private static bool IsOutside(Exception problem) =>
        problem
            is HttpRequestException
                or HttpIOException
                or IOException
                or AuthenticationException
                or BadHttpRequestException
                or InvalidDataException
                or UnauthorizedAccessException
                or System.Security.Cryptography.CryptographicException;

    private static string Describe(Exception problem) =>
        UntrustedText.Line($"{problem.Message} {problem.InnerException?.Message}", 300);
}
