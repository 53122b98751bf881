namespace Bascule.Storage;

/// <summary>Times as they are stored: Unix milliseconds.</summary>
internal static class Times
{
    public static long? ToStored(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static DateTimeOffset Read(long stored) => DateTimeOffset.FromUnixTimeMilliseconds(stored);

    public static DateTimeOffset? Read(long? stored) => stored is { } some ? Read(some) : null;
}
