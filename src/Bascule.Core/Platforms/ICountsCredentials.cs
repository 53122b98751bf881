namespace Bascule.Core.Platforms;

/// <summary>The role of a platform whose account takes only so many subjects that may log in with it; each environment is one (THREATS T142).</summary>
public interface ICountsCredentials
{
    /// <summary>The account, as its own administrators know it; null where the count does not matter. Connections may share one.</summary>
    string? Account { get; }

    int MostCredentials { get; }
}
