// The questions of a terminal, each inside one transaction. The public face is ledger.h.
#pragma once

#include "ledger/store/work.h"

namespace pilotlight::ledger {

Answer<wire::Identification> identify(Work& work, const wire::IdentifyRequest& request);
Answer<wire::Authorisation> authorise(Work& work, const wire::AuthoriseRequest& request);
Answer<wire::SealAnswer> seal(Work& work, const wire::SealRequest& request);
Answer<wire::Abandonment> abandon(Work& work, const wire::AbandonRequest& request);
Answer<wire::VoidAnswer> void_top_up(Work& work, const wire::VoidRequest& request);
Answer<wire::FactsAnswer> facts(Work& work, const wire::FactsRequest& request);
Answer<wire::HeartbeatAnswer> heartbeat(Work& work, const wire::HeartbeatRequest& request);

}  // namespace pilotlight::ledger
