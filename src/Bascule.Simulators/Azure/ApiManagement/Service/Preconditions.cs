using Bascule.Simulators.Azure.ApiManagement.State;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.ApiManagement.Service;

/// <summary>
/// What <c>If-Match</c> asks. The description: not required to create, required to update, <c>*</c> = whatever is there. Its examples send <c>*</c> to create, too. Assumed:
/// a PUT without it over what exists gets 412, as one with another version does.
/// </summary>
internal static class Preconditions
{
    public static ArmReply? Put(string? ifMatch, Entity? existing) =>
        existing is null
            ? ifMatch is null or "*"
                ? null
                : Failed()
            : ifMatch == "*" || ifMatch == existing.ETag
                ? null
                : Failed();

    public static ArmReply? Change(string? ifMatch, Entity existing) =>
        ifMatch is null ? ArmReply.Refuse(400, "ValidationError", "The header If-Match must be specified.")
        : ifMatch == "*" || ifMatch == existing.ETag ? null
        : Failed();

    private static ArmReply Failed() =>
        ArmReply.Refuse(412, "PreconditionFailed", "Resource was modified since last retrieval.");
}
