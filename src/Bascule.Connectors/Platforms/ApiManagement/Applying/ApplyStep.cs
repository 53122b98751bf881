using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.ApiManagement.Resources;

namespace Bascule.Connectors.Platforms.ApiManagement.Applying;

/// <summary>One write, which can be looked at whether it was made, made, and taken back.</summary>
internal abstract record ApplyStep
{
    private ApplyStep() { }

    /// <summary>What it is about.</summary>
    public abstract ApimAddress Address { get; }

    /// <summary>Makes or replaces a resource.</summary>
    /// <param name="Before">What it was; null when it was not there.</param>
    public sealed record Put(ApimAddress Place, JsonObject Wanted, JsonObject? Before) : ApplyStep
    {
        public override ApimAddress Address => Place;

        /// <summary>Asked of the service where an import says more than what can be compared.</summary>
        public JsonObject? Import { get; init; }
    }

    /// <summary>Removes a resource.</summary>
    /// <param name="Below">Of an API: what goes with it and can be put back, in the order of putting back.</param>
    public sealed record Delete(ApimAddress Place, JsonObject Before, IReadOnlyList<LostResource> Below) : ApplyStep
    {
        public override ApimAddress Address => Place;
    }

    /// <summary>Makes a revision that no caller reaches; its steps follow, and are taken back with it.</summary>
    /// <param name="From">The revision that it begins as a copy of; null for the second one of a new API.</param>
    public sealed record Revise(ApimAddress Api, int? From, int To, JsonObject Wanted) : ApplyStep
    {
        public override ApimAddress Address => ApimAddress.Of(ApimKind.Api, RevisionName.Of(Api.Name, To));
    }

    /// <summary>Writes something in a revision that was made for this.</summary>
    /// <param name="Wanted">Null to remove it.</param>
    public sealed record InRevision(ApimAddress Place, JsonObject? Wanted) : ApplyStep
    {
        public override ApimAddress Address => Place;
    }

    /// <summary>Writes, once a revision is the current one, what all revisions have in common.</summary>
    /// <param name="Before">What the revision was released with.</param>
    public sealed record Share(ApimAddress Api, int To, JsonObject Wanted, JsonObject Before) : ApplyStep
    {
        public override ApimAddress Address => Api;
    }

    /// <summary>Makes a revision the current one: from one call to the next, callers get all that is new.</summary>
    public sealed record Release(ApimAddress Api, int From, int To) : ApplyStep
    {
        public override ApimAddress Address => Api;
    }
}

/// <summary>What goes with something that is deleted.</summary>
internal sealed record LostResource(ApimAddress Address, JsonObject Properties);
