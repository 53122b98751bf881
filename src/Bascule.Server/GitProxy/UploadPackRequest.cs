using Bascule.Core;
using Bascule.Core.Forges;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>What a client asks of <c>git upload-pack</c> (gitprotocol-pack, gitprotocol-v2). What is not in the lists here is refused (THREATS T88).</summary>
internal sealed record UploadPackRequest(bool IsListing, IReadOnlyList<CommitId> Wants, int WantCount)
{
    private const string MediaType = "application/x-git-upload-pack-request";
    private const string Command = "command=";

    private static readonly string[] Capabilities = ["agent", "object-format", "server-option"];
    private static readonly string[] ListingArguments = ["peel", "symrefs", "unborn", "ref-prefix"];

    private static readonly string[] FetchArguments =
    [
        "want",
        "have",
        "done",
        "thin-pack",
        "no-progress",
        "include-tag",
        "ofs-delta",
        "shallow",
        "deepen",
        "deepen-relative",
        "deepen-since",
        "deepen-not",
        "filter",
        "wait-for-done",
        "sideband-all",
    ];

    private static readonly string[] OldLines =
    [
        "want",
        "have",
        "done",
        "shallow",
        "deepen",
        "deepen-since",
        "deepen-not",
        "filter",
    ];

    /// <summary>Reads it whole, within the limits: what it asks for, and its body as it goes on, decompressed.</summary>
    public static async Task<Result<(UploadPackRequest Asked, byte[] Body)>> ReadAsync(
        HttpRequest request,
        bool isTwo,
        GitProxyOptions options
    )
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var read = await RequestBody.ReadAsync(request, MediaType, options, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        var asked = await ReadAsync(read.Value, isTwo, options.MaxNamedWants, cancellationToken);
        return asked.Failed(out var refused) ? refused : (asked.Value, read.Value);
    }

    /// <param name="isTwo">Whether the client said so in its header: the body must agree, or two parsers could read it in two ways.</param>
    /// <param name="named">How many of the wants are kept; all are counted.</param>
    public static async Task<Result<UploadPackRequest>> ReadAsync(
        byte[] body,
        bool isTwo,
        int named,
        CancellationToken cancellationToken
    )
    {
        using var stream = new MemoryStream(body);
        var reading = new Reading(named);
        try
        {
            while (await PktLine.ReadAsync(stream, cancellationToken) is { } packet)
                if ((isTwo ? reading.Take(packet) : reading.TakeOld(packet)) is { } fault)
                    return Problem.Invalid(fault);
        }
        catch (Exception malformed) when (malformed is InvalidDataException or EndOfStreamException)
        {
            return Problem.Invalid("what was sent is no request of git's");
        }
        return reading.End(isTwo);
    }

    private sealed class Reading(int named)
    {
        private readonly List<CommitId> _wants = [];
        private int _wantCount;
        private string? _command;
        private bool _inArguments;
        private bool _isOver;

        /// <summary>One packet of version 2: the command, its capabilities, a delimiter, its arguments, a flush. What is wrong with it; null for nothing.</summary>
        public string? Take(PktLine packet)
        {
            if (_isOver)
                return "one request holds one command";
            if (packet.Kind == PktKind.Flush)
            {
                _isOver = true;
                return null;
            }
            if (packet.Kind == PktKind.Delimiter)
            {
                if (_inArguments || _command is null)
                    return "a delimiter stands where none belongs";
                _inArguments = true;
                return null;
            }
            return packet.Kind != PktKind.Data ? "a response cannot end in a request"
                : _inArguments ? TakeArgument(packet.Text)
                : TakeHead(packet.Text);
        }

        /// <summary>One packet of versions 0 and 1.</summary>
        public string? TakeOld(PktLine packet)
        {
            if (packet.Kind == PktKind.Flush)
                return null;
            if (packet.Kind != PktKind.Data)
                return "a mark of version 2 stands in a request of another version";
            var text = packet.Text;
            return OldLines.Contains(Word(text)) ? TakeWant(text) : Refused("line", text);
        }

        public Result<UploadPackRequest> End(bool isTwo) =>
            isTwo && (_command is null || !_isOver)
                ? Problem.Invalid("the request ends before its command does")
                : new UploadPackRequest(_command == "ls-refs", _wants, _wantCount);

        private string? TakeHead(string text)
        {
            if (!text.StartsWith(Command, StringComparison.Ordinal))
                return Capabilities.Contains(text.Split('=', 2)[0]) ? null : Refused("capability", text);
            var command = text[Command.Length..];
            if (_command is not null || command is not ("ls-refs" or "fetch"))
                return Refused("command", command);
            _command = command;
            return null;
        }

        private string? TakeArgument(string text)
        {
            var known = _command == "fetch" ? FetchArguments : ListingArguments;
            return known.Contains(Word(text)) ? TakeWant(text) : Refused("argument", text);
        }

        private string? TakeWant(string text)
        {
            if (Word(text) != "want" || _command == "ls-refs")
                return null;
            // Version 0 lists what the client can do after its first want.
            if (text.Split(' ', 3) is not [_, var id, ..] || !CommitId.TryParse(id, out var commit))
                return "a want does not name an object by its full id";
            _wantCount++;
            if (_wants.Count < named)
                _wants.Add(commit);
            return null;
        }

        private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '-';

        private static string Word(string text) => text.Split(' ', 2)[0];

        private static string Refused(string what, string text) =>
            $"the {what} '{new string([.. Word(text).Where(IsPlain).Take(40)])}' is not served here; Bascule serves ls-refs and fetch, without ref-in-want, packfile-uris, bundle-uri and object-info";
    }
}
