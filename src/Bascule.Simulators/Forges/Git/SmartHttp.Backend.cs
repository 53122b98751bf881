using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Forges.Git;

internal sealed partial class SmartHttp
{
    private const int MaxHead = 16 * 1024;
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    /// <summary>git's own program for web servers (git-http-backend, CGI as in RFC 3875).</summary>
    [SuppressMessage("Reliability", "CA2025", Justification = "The task is awaited before the process is let go.")]
    private async Task AnswerByBackendAsync(HttpContext context, ForgeRepository repository, string action)
    {
        var directory = repository.GitDirectory;
        var environment = Protocol(context);
        environment["GIT_PROJECT_ROOT"] = Path.GetDirectoryName(directory)!;
        environment["GIT_HTTP_EXPORT_ALL"] = "1";
        environment["PATH_INFO"] = $"/{Path.GetFileName(directory)}/{action}";
        environment["QUERY_STRING"] = (context.Request.QueryString.Value ?? "").TrimStart('?');
        environment["REQUEST_METHOD"] = context.Request.Method;
        environment["CONTENT_TYPE"] = context.Request.ContentType ?? "";
        environment["REMOTE_ADDR"] = "127.0.0.1";
        using var process = engine.Store.Git.Start(directory, ["http-backend"], environment);
        var input = FeedAsync(context, process);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = process.StandardOutput.BaseStream;
        var rest = await ReadHeadAsync(context.Response, output);
        await context.Response.Body.WriteAsync(rest, context.RequestAborted);
        await DrainAsync(output, context);
        await input;
        await errors;
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <returns>What was read of the body.</returns>
    private static async Task<ReadOnlyMemory<byte>> ReadHeadAsync(HttpResponse response, Stream output)
    {
        var buffer = new byte[MaxHead];
        var (filled, end) = (0, -1);
        while (end < 0)
        {
            var read = await output.ReadAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                throw new InvalidOperationException("git http-backend ended before its head did");
            }

            filled += read;
            end = buffer.AsSpan(0, filled).IndexOf(HeadEnd);
        }

        foreach (var line in Encoding.ASCII.GetString(buffer, 0, end).Split("\r\n"))
        {
            if (line.Split(": ", 2) is not [var name, var value])
            {
                continue;
            }

            if (name == "Status")
            {
                response.StatusCode = int.Parse(value.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
            }
            else
            {
                response.Headers[name] = value;
            }
        }

        var start = end + HeadEnd.Length;
        return buffer.AsMemory(start, filled - start);
    }
}
