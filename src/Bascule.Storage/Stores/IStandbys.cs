namespace Bascule.Storage.Stores;

/// <summary>The other servers that write down what this database writes.</summary>
internal interface IStandbys
{
    /// <summary>Where the database is now: all that was committed is before it.</summary>
    Task<string?> ReadPositionAsync(CancellationToken cancellationToken);

    /// <summary>How many have everything before that position on their disks.</summary>
    Task<int> CountAsync(string position, CancellationToken cancellationToken);
}
