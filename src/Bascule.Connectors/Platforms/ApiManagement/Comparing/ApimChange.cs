using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Comparing;

internal enum ApimAction
{
    Create,
    Update,
    Delete,
}

/// <summary>One resource that is not as the commit wants it.</summary>
/// <param name="Fields">What differs, of an update.</param>
internal sealed record ApimChange(ApimAddress Address, ApimAction Action, IReadOnlyList<string> Fields)
{
    /// <summary>Where it stands in the repository; null for what is deleted.</summary>
    public string? File { get; init; }

    /// <summary>Its properties by the commit; null for what is deleted.</summary>
    public JsonObject? Wanted { get; init; }

    /// <summary>Its properties on the service; null for what is created.</summary>
    public JsonObject? Before { get; init; }

    /// <summary>Of an API: the document to import, where it is another one than the service has.</summary>
    public ApiSpecification? Import { get; init; }
}

/// <summary>What is to be done to a service, in the order of its addresses.</summary>
internal sealed record ApimChangeSet(IReadOnlyList<ApimChange> Changes, IReadOnlyList<RevisionChange> Revisions)
{
    public bool IsEmpty => Changes.Count == 0;
}

/// <summary>
/// An API changes by a new revision that nobody's calls reach, and one release that makes it the current one: it is never half the old and half the new.
/// </summary>
/// <param name="Api">Without a revision.</param>
/// <param name="From">The current one; null for an API that is not there yet.</param>
/// <param name="Document">The digest of the document that its operations come from; null without one.</param>
internal sealed record RevisionChange(ApimAddress Api, int? From, int To, string? Document)
{
    public ApimAddress Target => ApimAddress.Of(ApimKind.Api, RevisionName.Of(Api.Name, To));
}
