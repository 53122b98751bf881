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
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        var began = TimeProvider.System.GetTimestamp();
        while (true)
            try
            {
                return new FileStream(file, options);
            }
            catch (IOException held)
                when (held.HResult == WouldBlock && TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                Thread.Sleep(Step);
            }
    }
}
