-- Debts that are settled: nobody is rung about one by any campaign.
CREATE INDEX campaign_people_paid ON campaign_people (debt_id) WHERE paid = 1 AND debt_id <> '';
