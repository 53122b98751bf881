using System.Security.Cryptography;
using System.Text;
using Bascule.Core;

namespace Bascule.Server.Api;

/// <summary>
/// By which the command line proves itself to the local listener: 256 random bits in <c>data/cli.token</c> (mode 0600). Who may read the file is an operator.
/// </summary>
public sealed class LocalToken
{
    public const string FileName = "cli.token";
    private const int HexDigits = 64;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly byte[] _token;

    private LocalToken(string token)
    {
        _token = Encoding.UTF8.GetBytes(token);
        Secret = new Secret(token);
    }

    public Secret Secret { get; }

    /// <summary>Reads the token, or makes one where there is none: what the server does when it starts.</summary>
    public static Result<LocalToken> OpenOrCreate(string dataFolder)
    {
        try
        {
            if (!File.Exists(PathIn(dataFolder)))
                Create(dataFolder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{PathIn(dataFolder)}' cannot be made: {problem.Message}");
        }
        return Open(dataFolder);
    }

    /// <summary>Reads the token: what the command line does. Refuses a file that other users may read.</summary>
    public static Result<LocalToken> Open(string dataFolder)
    {
        var path = PathIn(dataFolder);
        try
        {
            if (!File.Exists(path))
                return Problem.NotFound($"'{path}' is not there; start Bascule with `bascule serve`, which makes it");
            if ((File.GetUnixFileMode(path) & ~OwnerOnly) != UnixFileMode.None)
                return Problem.Denied($"'{path}' can be read by other users; run: chmod 600 {path}");
            var token = File.ReadAllText(path).Trim();
            return token.Length == HexDigits && token.All(char.IsAsciiHexDigitLower)
                ? new LocalToken(token)
                : Problem.Invalid($"'{path}' holds no token; delete it and start Bascule again, which makes a new one");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Problem.Denied($"'{path}' cannot be read: {problem.Message}; run as the user that runs Bascule");
        }
    }

    /// <summary>Takes the same time wherever a presented token differs.</summary>
    public bool Matches(string presented) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(presented), _token);

    // Written aside and moved into place, so that nobody reads half a token; whoever comes second uses the first one's.
    private static void Create(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        var draft = PathIn(dataFolder) + "." + RandomNumberGenerator.GetHexString(8, lowercase: true);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using (var file = new FileStream(draft, options))
        {
            file.Write(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(HexDigits, lowercase: true)));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, PathIn(dataFolder), overwrite: false);
        }
        catch (IOException) when (File.Exists(PathIn(dataFolder)))
        {
            File.Delete(draft);
        }
    }

    private static string PathIn(string dataFolder) => Path.Combine(dataFolder, FileName);
}
