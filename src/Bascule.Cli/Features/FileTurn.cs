namespace Bascule.Cli.Features;

/// <summary>A file that one process at a time holds open, so that what they read and write back does not get lost.</summary>
internal static class FileTurn
{
    /// <summary>EWOULDBLOCK of Linux.</summary>
    private const int WouldBlock = 11;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <exception cref="IOException">Somebody else has it for longer than anybody needs it.</exception>
    public static FileStream Take(string file)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
            try
            {
                return Open(file);
            }
            catch (IOException held)
                when (held.HResult == WouldBlock && TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                Thread.Sleep(Step);
            }
    }

    /// <summary>At once, for whoever holds it as long as it runs; null while somebody else has it.</summary>
    /// <exception cref="IOException">Another reason than that.</exception>
    public static FileStream? TryTake(string file)
    {
        try
        {
            return Open(file);
        }
        catch (IOException held) when (held.HResult == WouldBlock)
        {
            return null;
        }
    }

    private static FileStream Open(string file) =>
        new(
            file,
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
}
