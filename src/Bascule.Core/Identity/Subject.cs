namespace Bascule.Core.Identity;

/// <summary>
/// Who somebody is: the issuer that says so, and the name that issuer never gives to another. Never an e-mail address (THREATS T39). Both parts are
/// compared exactly.
/// </summary>
public sealed record Subject
{
    /// <exception cref="ArgumentException">A part is empty: nobody in particular is not somebody.</exception>
    public Subject(string issuer, string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(issuer);
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        (Issuer, Id) = (issuer, id);
    }

    /// <summary>The <c>iss</c>, as the settings write it.</summary>
    public string Issuer { get; }

    /// <summary>The <c>sub</c>.</summary>
    public string Id { get; }

    /// <summary>For people; not a key.</summary>
    public override string ToString() => $"{Id} at {Issuer}";
}
